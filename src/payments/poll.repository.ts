import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';

const CLAIM = statement('poll.claim', {
  params: { now: t.instant, lease: t.instant, limit: t.int },
  row: { orderId: t.text },
  sql: `
    UPDATE payment SET next_poll_at = :lease::timestamptz, polled_at = :now::timestamptz
    WHERE order_id = ANY(ARRAY(
      SELECT order_id FROM payment WHERE next_poll_at <= :now::timestamptz
      ORDER BY next_poll_at LIMIT :limit::int FOR UPDATE SKIP LOCKED))
    RETURNING order_id`,
});

const NEXT_DUE = statement('poll.next_due', {
  params: {},
  row: { due: t.nullable(t.instant) },
  sql: `
    SELECT LEAST(
      (SELECT min(next_poll_at) FROM payment WHERE next_poll_at IS NOT NULL),
      (SELECT min(next_try_at) FROM payment_void WHERE next_try_at IS NOT NULL)) AS due`,
});

const CLOCK_WENT_BACK = statement('poll.clock_went_back', {
  params: { now: t.instant },
  row: { orderId: t.text },
  sql: `
    WITH attempts AS (
      UPDATE payment_attempt SET requested_at = LEAST(requested_at, :now::timestamptz)
      WHERE outcome IS NULL OR outcome = 'UNKNOWN'
    ), voids AS (
      UPDATE payment_void SET next_try_at = LEAST(next_try_at, :now::timestamptz) WHERE next_try_at IS NOT NULL
    )
    UPDATE payment SET next_poll_at = LEAST(next_poll_at, :now::timestamptz), polled_at = NULL
    WHERE next_poll_at IS NOT NULL
    RETURNING order_id`,
});

/** Which payments are due to be polled. */
@Injectable()
export class PollRepository {
  constructor(private readonly prisma: PrismaService) {}

  async claim(now: Date, lease: Date, limit: number): Promise<string[]> {
    return (await this.prisma.run(CLAIM, { now, lease, limit })).map(({ orderId }) => orderId);
  }

  /** Ends leases before their time: these were claimed and not polled. */
  async putBack(orderIds: string[], now: Date): Promise<void> {
    if (orderIds.length === 0) return;
    await this.prisma.payment.updateMany({
      where: { orderId: { in: orderIds }, nextPollAt: { not: null } },
      data: { nextPollAt: now },
    });
  }

  /** When the next poll or void is due; null for none. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.run(NEXT_DUE, {});
    return row!.due;
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(now: Date): Promise<void> {
    await this.prisma.run(CLOCK_WENT_BACK, { now });
  }
}
