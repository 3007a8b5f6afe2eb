import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { type Payment, PrismaService, sql, type Tx } from '../platform/database/index.ts';
import { EventsService } from '../events/index.ts';
import { Outbox } from '../outbox/index.ts';
import { SubscriptionTakeBacks } from '../subscriptions/index.ts';
import type { ProviderPayment } from '../providers/index.ts';
import { paymentEvent } from './payment-event.ts';
import { accountDueAt, nextDepositPollAt } from './poll-schedule.ts';
import { before } from './payment.machine.ts';

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

  /**
   * @returns whether it was not known before; only a deposit that is whole in our records is reversed without an
   * operator
   */
  async reverse(shown: ProviderPayment): Promise<boolean> {
    const now = this.clock.now();
    const { orderId, providerRef: paymentKey } = shown;
    return this.prisma.atomically(async (tx) => {
      await tx.$queryRaw(sql`SELECT order_id FROM payment WHERE order_id = ${orderId} FOR UPDATE`);
      const payment = await tx.payment.findUnique({ where: { orderId } });
      if (payment?.paymentKey !== paymentKey) return false;
      if (payment.status === 'PARTIALLY_REFUNDED') return this.leaveToOperators(tx, payment, now);
      if (payment.status !== 'SUCCESS') return false;
      const { userId, planId, amount, reversalCount: round } = payment;
      const reversed = {
        status: 'WAITING_FOR_DEPOSIT' as const,
        approvedAt: null,
        reversalCount: round + 1,
        nextPollAt: nextDepositPollAt(now, now, accountDueAt(shown.deposit)),
      };
      const allowed = before('deposit_reversed').filter((status) => status === payment.status);
      const { count } = await tx.payment.updateMany({ where: { orderId, status: { in: allowed } }, data: reversed });
      if (count === 0)
        throw new Error(`a payment that is ${payment.status} cannot become WAITING_FOR_DEPOSIT: ${orderId}`);
      const subscription = await this.takeBacks.takeBack(
        tx,
        { orderId, userId, amount, whole: true, end: false, because: 'reversal' },
        now,
      );
      if (payment.durationMonths === null) await this.events.takeBack(tx, { planId, orderId, amount, round }, now);
      await this.outbox.write(
        tx,
        {
          ...paymentEvent('payment.reversed', { ...payment, ...reversed }),
          ...(subscription && { subscriptionId: subscription.id }),
        },
        now,
      );
      this.log.error({
        message: 'the bank took a deposit back: what it had paid for is taken back too',
        orderId,
        paymentKey,
        amount,
        userId,
      });
      return true;
    });
  }

  /**
   * A part of the deposit was refunded before the bank reversed it: that money is lost, and neither granting on nor
   * revoking is
   * surely right. Nothing changes but that operators are told, by the log and by an invariant, until they resolve
   * the difference
   * that the reconciliation then shows. See docs/decisions/reversed-after-a-partial-refund.md.
   */
  private async leaveToOperators(
    tx: Tx,
    { orderId, paymentKey, amount, refundedAmount }: Payment,
    now: Date,
  ): Promise<boolean> {
    const { count } = await tx.payment.updateMany({ where: { orderId, reversedAt: null }, data: { reversedAt: now } });
    const about = { orderId, paymentKey, amount, refundedAmount };
    if (count > 0)
      this.log.error({
        message: 'the bank reversed a deposit that was refunded in part: an operator must decide',
        ...about,
      });
    return count > 0;
  }
}
