import { Injectable } from '@nestjs/common';
import { BalanceRepository, ChargingRepository } from '../../customers/index.ts';
import { EventsService } from '../../events/index.ts';
import { Outbox } from '../../outbox/index.ts';
import { PaymentRepository, type PaymentWithInvoice } from '../../payments/index.ts';
import type { Payment, Subscription, Tx } from '../../platform/database/index.ts';
import { type RefundedOrder, type Revocation, Revocations } from '../../subscriptions/index.ts';

type Refunded = Omit<RefundedOrder, 'orderId'>;

/** Revokes what an order gave, as its money goes back: the subscription's time, the event's amount, the balance. */
@Injectable()
export class RevokeOrder {
  constructor(
    private readonly revocations: Revocations,
    private readonly events: EventsService,
    private readonly balance: BalanceRepository,
    private readonly payments: PaymentRepository,
    private readonly charging: ChargingRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Writes it in the caller's transaction, which holds the lock of the payment.
   *
   * @returns the subscription that the order paid into, as it is now; null where there is none
   */
  async revoke(tx: Tx, payment: PaymentWithInvoice, refunded: Refunded, now: Date): Promise<Subscription | null> {
    const { orderId, reversalCount: round } = payment;
    const { planId, durationMonths } = payment.invoice;
    if (durationMonths === null) {
      await this.events.deduct(tx, { planId, orderId, amount: refunded.amount, round }, now);
      return null;
    }
    const revocation = await this.revocations.revoke(tx, { orderId, ...refunded }, now);
    if (!revocation) {
      await this.deductKept(tx, payment, refunded, now);
      return null;
    }
    await this.writeBalanceAndEvent(tx, payment, revocation, refunded.isReversal ? 'reversal' : 'refund', now);
    return revocation.subscription;
  }

  /** A change of plan that was paid for when it was no longer available: its money stood in the balance. */
  private async deductKept(tx: Tx, { orderId, userId }: Payment, { amount }: Refunded, now: Date): Promise<void> {
    const kept = await tx.balanceEntry.count({ where: { orderId, reason: 'kept' } });
    if (kept > 0) await this.balance.add(tx, { userId, amount: -amount, reason: 'refund', orderId }, now);
  }

  private async writeBalanceAndEvent(
    tx: Tx,
    { orderId, userId }: Payment,
    { subscription, balance, effect, stoppedOrderId }: Revocation,
    reason: 'refund' | 'reversal',
    now: Date,
  ): Promise<void> {
    if (stoppedOrderId !== null) await this.stopCharge(tx, stoppedOrderId, now);
    await this.balance.add(tx, { userId, amount: balance, reason: 'refund', orderId }, now);
    if (effect === 'none') return;
    const type = effect === 'ended' ? 'subscription.expired' : 'subscription.changed';
    const { id: subscriptionId, planId, startDate, endDate } = subscription;
    const data = { planId, startDate, endDate, reason };
    await this.outbox.write(tx, [{ type, userId, subscriptionId, orderId, data }], now);
  }

  /** A renewal under way was for what is revoked: what the provider turns out to have taken goes back. */
  private async stopCharge(tx: Tx, orderId: string, now: Date): Promise<void> {
    if (await this.payments.stopCharge(tx, orderId, true, now)) await this.charging.end(tx, orderId);
  }
}
