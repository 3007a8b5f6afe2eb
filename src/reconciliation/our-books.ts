import { Injectable } from '@nestjs/common';
import { PrismaService, type Sql, sql } from '../platform/database/index.ts';
import type { Line } from './compare.ts';

/** What our books say moved. */
@Injectable()
export class OurBooks {
  constructor(private readonly prisma: PrismaService) {}

  /** What was taken and given back in [from, to), by Toss's own times. */
  between(from: Date, to: Date): Promise<Line[]> {
    return this.read(
      sql`approved_at >= ${from}::timestamptz AND approved_at < ${to}::timestamptz`,
      sql`refund.completed_at >= ${from}::timestamptz AND refund.completed_at < ${to}::timestamptz`,
    );
  }

  /**
   * What our books say of these payments, whenever it was. One that we asked for and hold no money of has an amount of 0. What a net
   * cancel gave back was never ours, and is as Toss says.
   */
  async of(theirs: readonly Line[]): Promise<Line[]> {
    const lines: Line[] = [];
    const givenBack = new Set<string>();
    for (const keys of inChunks([...new Set(theirs.map(({ paymentKey }) => paymentKey))])) {
      const paid = await this.read(sql`payment_key = ANY(${keys}::text[])`, sql`payment_key = ANY(${keys}::text[])`);
      const returned = await this.prisma.paymentVoid.findMany({
        where: { paymentKey: { in: keys }, status: 'CANCELED' },
        select: { paymentKey: true },
      });
      for (const { paymentKey } of returned) givenBack.add(paymentKey);
      const asked = await this.prisma.$queryRaw<Line[]>(sql`
        SELECT DISTINCT ON (attempt.payment_key) attempt.payment_key AS "paymentKey", '' AS "transactionKey",
          attempt.order_id AS "orderId", 0 AS amount, payment.status::text AS status
        FROM payment_attempt attempt JOIN payment USING (order_id) WHERE attempt.payment_key = ANY(${keys}::text[])`);
      // Payments before attempts: the first line of a key counts least.
      lines.push(...asked, ...paid);
    }
    return [...lines, ...theirs.filter(({ paymentKey }) => givenBack.has(paymentKey))];
  }

  /** Of these payments, those that took money. */
  async paidOf(paymentKeys: readonly string[]): Promise<Set<string>> {
    const paid = new Set<string>();
    for (const keys of inChunks(paymentKeys)) {
      const rows = await this.prisma.payment.findMany({
        where: { paymentKey: { in: keys }, approvedAt: { not: null } },
        select: { paymentKey: true },
      });
      for (const { paymentKey } of rows) paid.add(paymentKey!);
    }
    return paid;
  }

  /** When the first movement since `since` was; null for none. */
  async firstMovementSince(since: Date): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ first: Date | null }[]>(sql`
      SELECT LEAST((SELECT min(approved_at) FROM payment WHERE approved_at >= ${since}::timestamptz AND amount > 0), (SELECT min(completed_at) FROM refund WHERE completed_at >= ${since}::timestamptz)) AS first`);
    return row!.first;
  }

  private read(whichPayments: Sql, whichRefunds: Sql): Promise<Line[]> {
    return this.prisma.$queryRaw<Line[]>(sql`
      SELECT payment_key AS "paymentKey", '' AS "transactionKey", order_id AS "orderId", amount, status::text AS status
      FROM payment WHERE status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') AND amount > 0 AND ${whichPayments}
      UNION ALL
      SELECT payment_key, refund.transaction_key, refund.order_id, refund.amount, refund.status::text
      FROM refund JOIN payment ON payment.order_id = refund.order_id AND payment.approved_at IS NOT NULL
      WHERE refund.status = 'REFUNDED' AND refund.transaction_key IS NOT NULL AND ${whichRefunds}`);
  }
}

/** So many keys go into one statement; a busy day has hundreds of thousands. */
const CHUNK = 1_000;

/** The list in pieces that fit into a statement. */
export function inChunks<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / CHUNK);
  return Array.from({ length: count }, (_, index) => list.slice(index * CHUNK, (index + 1) * CHUNK));
}
