import { Injectable } from '@nestjs/common';
import { PrismaService, type Subscription, type Tx } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { type Revocation, revoke } from './revoke.ts';
import { SubscriptionRepository } from './subscription.repository.ts';

/** Money of an order that went back. */
export interface RefundedOrder {
  orderId: string;
  /** In won. */
  amount: number;
  /** Nothing of the order's money is left. */
  isWhole: boolean;
  /** The subscription ends now, though money for it stays. */
  endsNow: boolean;
  /** The bank reversed the deposit: it may come again. */
  isReversal: boolean;
}

/** Revokes the time that an order paid for. */
@Injectable()
export class Revocations {
  constructor(
    private readonly prisma: PrismaService,
    private readonly calendar: BusinessCalendar,
    private readonly subscriptions: SubscriptionRepository,
  ) {}

  /** What a refund would revoke; null where the order paid for no time. */
  async preview(order: RefundedOrder, now: Date): Promise<Revocation | null> {
    const period = await this.periodOf(this.prisma, order.orderId);
    const subscription = period && (await this.subscriptions.find(period.subscriptionId));
    return subscription && this.decide(this.prisma, subscription, period.id, order, now);
  }

  /**
   * Revokes it, in the caller's transaction; a grant that read the subscription before finds it changed, and reads
   * again.
   *
   * @returns what was written, and what remains for the caller: the balance, a charge to stop. null where the order
   * paid for no time
   */
  async revoke(tx: Tx, order: RefundedOrder, now: Date): Promise<Revocation | null> {
    const period = await this.periodOf(tx, order.orderId);
    const subscription = period && (await this.subscriptions.lock(tx, period.subscriptionId));
    if (!subscription) return null;
    const revocation = await this.decide(tx, subscription, period.id, order, now);
    await this.subscriptions.savePeriods(tx, revocation.periods);
    await this.subscriptions.save(tx, subscription, revocation.subscription);
    return revocation;
  }

  private periodOf(tx: Tx, orderId: string) {
    return tx.subscriptionPeriod.findUnique({ where: { orderId }, select: { id: true, subscriptionId: true } });
  }

  private async decide(tx: Tx, subscription: Subscription, periodId: string, order: RefundedOrder, now: Date) {
    const periods = await this.subscriptions.periods(subscription.id, tx);
    const orders = periods.flatMap((period) => period.orderId ?? []);
    const refunded = await tx.payment.findMany({
      where: { orderId: { in: orders }, status: 'REFUNDED' },
      select: { orderId: true },
    });
    const refundedOrders = new Set(refunded.map(({ orderId }) => orderId));
    return revoke(this.calendar, { subscription, periods }, { ...order, periodId, refundedOrders }, now);
  }
}
