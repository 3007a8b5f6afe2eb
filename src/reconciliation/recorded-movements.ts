import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import type { Line } from './compare.ts';

const line = { providerRef: t.text, transactionKey: t.text, orderId: t.text, amount: t.int, status: t.text };

/** What was taken and given back, of the payments and refunds for which a condition holds. */
const movements = (payments: string, refunds: string) => `
  SELECT provider_ref, '' AS transaction_key, order_id, amount, status::text AS status
  FROM payment WHERE status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') AND amount > 0 AND ${payments}
  UNION ALL
  SELECT provider_ref, refund.transaction_key, refund.order_id, refund.amount, refund.status::text
  FROM refund JOIN payment ON payment.order_id = refund.order_id AND payment.approved_at IS NOT NULL
  WHERE refund.status = 'REFUNDED' AND refund.transaction_key IS NOT NULL AND ${refunds}`;

const BETWEEN = statement('reconciliation.movements-between', {
  params: { from: t.instant, to: t.instant },
  row: line,
  sql: movements(
    'approved_at >= :from AND approved_at < :to',
    'refund.completed_at >= :from AND refund.completed_at < :to',
  ),
});

const OF_PAYMENTS = statement('reconciliation.movements-of-payments', {
  params: { keys: t.list(t.text) },
  row: line,
  sql: movements('provider_ref = ANY(:keys)', 'provider_ref = ANY(:keys)'),
});

/** Payments that were requested, as movements of 0. */
const REQUESTED = statement('reconciliation.requested', {
  params: { keys: t.list(t.text) },
  row: line,
  sql: `
    SELECT DISTINCT ON (attempt.provider_ref) attempt.provider_ref::text, '' AS transaction_key, attempt.order_id,
      0 AS amount, payment.status::text AS status
    FROM payment_attempt attempt JOIN payment USING (order_id) WHERE attempt.provider_ref = ANY(:keys)`,
});

const FIRST = statement('reconciliation.first-movement', {
  params: { since: t.instant },
  row: { first: t.nullable(t.instant) },
  sql: `
    SELECT LEAST(
      (SELECT min(approved_at) FROM payment WHERE approved_at >= :since AND amount > 0),
      (SELECT min(completed_at) FROM refund WHERE completed_at >= :since)) AS first`,
});

/** What our records say moved. */
@Injectable()
export class RecordedMovements {
  constructor(private readonly prisma: PrismaService) {}

  /** What was taken and given back in [from, to), by the provider's own times. */
  between(from: Date, to: Date): Promise<Line[]> {
    return this.prisma.run(BETWEEN, { from, to });
  }

  /**
   * What our records say of these payments, whenever it was. One that we requested and have no money of has an amount
   * of 0. What a void gave back was never ours, and is as the provider says.
   */
  async of(theirs: readonly Line[]): Promise<Line[]> {
    const lines: Line[] = [];
    const voided = new Set<string>();
    for (const keys of inChunks([...new Set(theirs.map(({ providerRef }) => providerRef))])) {
      for (const providerRef of await this.voidedOf(keys)) voided.add(providerRef);
      const [requested, moved] = await Promise.all([
        this.prisma.run(REQUESTED, { keys }),
        this.prisma.run(OF_PAYMENTS, { keys }),
      ]);
      // What moved counts more than what was requested: the last line of a key is taken.
      lines.push(...requested, ...moved);
    }
    return [...lines, ...theirs.filter(({ providerRef }) => voided.has(providerRef))];
  }

  /** Of these payments, those that took money. */
  async paidOf(providerRefs: readonly string[]): Promise<Set<string>> {
    const paid = new Set<string>();
    for (const keys of inChunks(providerRefs)) {
      const rows = await this.prisma.payment.findMany({
        where: { providerRef: { in: keys }, approvedAt: { not: null } },
        select: { providerRef: true },
      });
      for (const { providerRef } of rows) paid.add(providerRef!);
    }
    return paid;
  }

  /** When the first movement since `since` was; null for none. */
  async firstSince(since: Date): Promise<Date | null> {
    const [row] = await this.prisma.run(FIRST, { since });
    return row!.first;
  }

  private async voidedOf(keys: string[]): Promise<string[]> {
    const rows = await this.prisma.paymentVoid.findMany({
      where: { providerRef: { in: keys }, status: 'CANCELED' },
      select: { providerRef: true },
    });
    return rows.map(({ providerRef }) => providerRef);
  }
}

/** So many keys go into one statement; a busy day has hundreds of thousands. */
const CHUNK = 1_000;

/** The list in pieces that fit into a statement. */
export function inChunks<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / CHUNK);
  return Array.from({ length: count }, (_, index) => list.slice(index * CHUNK, (index + 1) * CHUNK));
}
