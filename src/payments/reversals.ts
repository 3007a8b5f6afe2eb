import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { PrismaService, sql } from '../db/index.ts';
import { EventsService } from '../events/index.ts';
import { SubscriptionTakeBacks } from '../subscriptions/index.ts';
import type { TossPayment } from '../toss/index.ts';
import { dueAt, nextDepositLookAt } from './look-schedule.ts';

/**
 * A bank takes a deposit back, minutes after it came: Toss's DONE falls to WAITING_FOR_DEPOSIT (docs: webhook events,
 * DEPOSIT_CALLBACK). What was granted is taken back; should the deposit come again, it is granted again.
 */
@Injectable()
export class Reversals {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly takeBacks: SubscriptionTakeBacks,
    private readonly events: EventsService,
  ) {}

  /** @returns whether it was news; only a deposit that is whole in our books can be reversed */
  async reverse(toss: TossPayment): Promise<boolean> {
    const now = this.clock.now();
    const { orderId, paymentKey } = toss;
    return this.prisma.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ userId: string; planId: number; amount: number; durationMonths: number | null; approvedAt: Date; round: number }[]>(sql`
        WITH reversed AS (SELECT * FROM payment WHERE order_id = ${orderId} AND payment_key = ${paymentKey} AND status = 'SUCCESS' FOR UPDATE)
        UPDATE payment SET status = 'WAITING_FOR_DEPOSIT', approved_at = NULL, reversal_count = payment.reversal_count + 1, next_look_at = ${nextDepositLookAt(now, now, dueAt(toss))}::timestamptz
        FROM reversed WHERE payment.order_id = reversed.order_id
        RETURNING reversed.user_id AS "userId", reversed.plan_id AS "planId", reversed.amount, reversed.duration_months AS "durationMonths", reversed.approved_at AS "approvedAt", reversed.reversal_count AS round`);
      if (!row) return false;
      const { userId, planId, amount, durationMonths } = row;
      const subscription = await this.takeBacks.takeBack(tx, { orderId, userId, amount, whole: true, end: false, because: 'reversal' }, now);
      if (durationMonths === null) await this.events.takeBack(tx, { planId, orderId, amount, round: row.round }, now);
      const data = { orderId, planId, amount, reason: 'the bank took the deposit back' };
      await tx.message.create({ data: { type: 'payment.reversed', userId, subscriptionId: subscription?.id ?? null, orderId, data, createdAt: now } });
      this.log.error({ message: 'the bank took a deposit back: what it had paid for is taken back too', orderId, paymentKey, amount, userId });
      return true;
    });
  }
}
