import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { PrismaService, sql } from '../db/index.ts';
import { EventsService } from '../events/index.ts';
import { Outbox } from '../outbox/index.ts';
import { SubscriptionTakeBacks } from '../subscriptions/index.ts';
import type { TossPayment } from '../toss/index.ts';
import { paymentMessage } from './payment.message.ts';
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
    private readonly outbox: Outbox,
  ) {}

  /** @returns whether it was news; only a deposit that is whole in our books can be reversed */
  async reverse(toss: TossPayment): Promise<boolean> {
    const now = this.clock.now();
    const { orderId, paymentKey } = toss;
    return this.prisma.atomically(async (tx) => {
      await tx.$queryRaw(sql`SELECT order_id FROM payment WHERE order_id = ${orderId} FOR UPDATE`);
      const payment = await tx.payment.findUnique({ where: { orderId } });
      if (payment?.status !== 'SUCCESS' || payment.paymentKey !== paymentKey) return false;
      const { userId, planId, amount, reversalCount: round } = payment;
      const reversed = { status: 'WAITING_FOR_DEPOSIT' as const, approvedAt: null, reversalCount: round + 1, nextLookAt: nextDepositLookAt(now, now, dueAt(toss)) };
      await tx.payment.update({ where: { orderId }, data: reversed });
      const subscription = await this.takeBacks.takeBack(tx, { orderId, userId, amount, whole: true, end: false, because: 'reversal' }, now);
      if (payment.durationMonths === null) await this.events.takeBack(tx, { planId, orderId, amount, round }, now);
      await this.outbox.write(tx, { ...paymentMessage('payment.reversed', { ...payment, ...reversed }), ...(subscription && { subscriptionId: subscription.id }) }, now);
      this.log.error({ message: 'the bank took a deposit back: what it had paid for is taken back too', orderId, paymentKey, amount, userId });
      return true;
    });
  }
}
