import { Injectable } from '@nestjs/common';
import { PrismaService, type Sql, sql } from '../db/index.ts';
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
    const keys = [...new Set(theirs.map(({ paymentKey }) => paymentKey))];
    if (keys.length === 0) return [];
    const paid = await this.read(sql`payment_key = ANY(${keys}::text[])`, sql`payment_key = ANY(${keys}::text[])`);
    const returned = await this.prisma.netCancel.findMany({ where: { paymentKey: { in: keys }, status: 'CANCELED' }, select: { paymentKey: true } });
    const givenBack = new Set(returned.map(({ paymentKey }) => paymentKey));
    const asked = await this.prisma.$queryRaw<Line[]>(sql`
      SELECT DISTINCT ON (attempt.payment_key) attempt.payment_key AS "paymentKey", '' AS "transactionKey", attempt.order_id AS "orderId", 0 AS amount, payment.status::text AS status
      FROM payment_attempt attempt JOIN payment USING (order_id) WHERE attempt.payment_key = ANY(${keys}::text[])`);
    return [...asked, ...paid, ...theirs.filter(({ paymentKey }) => givenBack.has(paymentKey))];
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
