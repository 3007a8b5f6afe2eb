import { Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { PrismaService, sql, type Subscription, type Tx } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { stopCharge } from './legacy.ts';
import { type History, takeBack, type TakenBack } from './take-back.ts';

/** Money of an order that went back. */
export interface OrderRefund {
  orderId: string;
  userId: string;
  /** In won. */
  amount: number;
  /** Nothing of the order's money is left. */
  whole: boolean;
  /** The subscription ends now, though money for it stays. */
  end: boolean;
  /** A deposit that the bank took back may come again, and then pays for a period of its own. */
  because: 'refund' | 'reversal';
}

/** What a refund takes back from a subscription. */
@Injectable()
export class SubscriptionTakeBacks {
  constructor(
    private readonly prisma: PrismaService,
    private readonly time: BusinessCalendar,
    private readonly outbox: Outbox,
  ) {}

  /** What it would do; null where the order paid for no time. */
  async preview(refund: OrderRefund, now: Date): Promise<TakenBack | null> {
    return this.workOut(this.prisma, refund, now, false);
  }

  /**
   * Does it, in the caller's transaction; a grant that read the subscription before will find it changed and read again.
   *
   * @returns the subscription as it is now; null where the order paid for no time
   */
  async takeBack(tx: Tx, refund: OrderRefund, now: Date): Promise<Subscription | null> {
    const taken = await this.workOut(tx, refund, now, true);
    if (!taken) {
      await this.takeFromBalance(tx, refund, now);
      return null;
    }
    const { subscription, changed, balance, effect } = taken;
    const { orderId, because } = refund;
    for (const { id, startsAt, endsAt, price, credited, voidedAt, endedById, originalEndsAt } of changed) {
      await tx.subscriptionPeriod.update({
        where: { id },
        data: { startsAt, endsAt, price, credited, voidedAt, endedById, originalEndsAt },
      });
    }
    if (because === 'reversal')
      await tx.subscriptionPeriod.update({
        where: { orderId },
        data: { orderId: null, endedById: null, originalEndsAt: null },
      });
    const {
      id,
      userId,
      planId,
      anchorAt,
      anchorMonths,
      startDate,
      endDate,
      isActive,
      isTrial,
      needsConsent,
      version,
      renewalOrderId,
    } = subscription;
    const { switchAt, switchPlanId, agreedPlanId, agreedPrice, agreedMonths, nextPlanId, nextPrice, nextMonths } =
      subscription;
    const terms = {
      planId,
      switchAt,
      switchPlanId,
      agreedPlanId,
      agreedPrice,
      agreedMonths,
      nextPlanId,
      nextPrice,
      nextMonths,
    };
    // Whoever had a period refunded is not charged for another until they say so: POST /v1/subscriptions/:id/resume.
    const noRenewal = {
      nextChargeAt: null,
      renewalOrderId: null,
      renewalHeldAt: null,
      renewalHeldReason: null,
      pastDueSince: null,
      graceUntil: null,
    };
    const renewal = effect === 'none' ? {} : noRenewal;
    await tx.subscription.update({
      where: { id },
      data: {
        ...terms,
        anchorAt,
        anchorMonths,
        startDate,
        endDate,
        isActive,
        isTrial,
        needsConsent,
        ...renewal,
        version: version + 1,
      },
    });
    // A renewal that is under way was for what has just gone: what the provider turns out to have taken goes back.
    if (effect !== 'none' && renewalOrderId !== null)
      await tx.$executeRaw(sql`WITH ${stopCharge(sql`${renewalOrderId}`, true, now)} SELECT 1`);
    if (balance !== 0)
      await tx.balanceEntry.create({ data: { userId, amount: balance, reason: 'refund', orderId, createdAt: now } });
    if (effect !== 'none') {
      const type = effect === 'ended' ? 'subscription.expired' : 'subscription.changed';
      await this.outbox.write(
        tx,
        { type, userId, subscriptionId: id, orderId, data: { planId, startDate, endDate, reason: because } },
        now,
      );
    }
    return subscription;
  }

  /** Paid for a change that was no longer to be had: the money stood in the balance. */
  private async takeFromBalance(tx: Tx, { orderId, userId, amount }: OrderRefund, now: Date): Promise<void> {
    const kept = await tx.balanceEntry.count({ where: { orderId, reason: 'kept' } });
    if (kept > 0)
      await tx.balanceEntry.create({ data: { userId, amount: -amount, reason: 'refund', orderId, createdAt: now } });
  }

  private async workOut(
    tx: Tx,
    { orderId, amount, whole, end }: OrderRefund,
    now: Date,
    lock: boolean,
  ): Promise<TakenBack | null> {
    const period = await tx.subscriptionPeriod.findUnique({ where: { orderId } });
    if (!period) return null;
    if (lock) await tx.$queryRaw(sql`SELECT id FROM subscription WHERE id = ${period.subscriptionId}::uuid FOR UPDATE`);
    const history = await this.history(tx, period.subscriptionId);
    const orders = history.periods.flatMap((paid) => (paid.orderId ? [paid.orderId] : []));
    const refunded = await tx.payment.findMany({
      where: { orderId: { in: orders }, status: 'REFUNDED' },
      select: { orderId: true },
    });
    return takeBack(
      this.time,
      history,
      { amount, whole, end, periodId: period.id, refundedOrders: new Set(refunded.map((payment) => payment.orderId)) },
      now,
    );
  }

  private async history(tx: Tx, id: string): Promise<History> {
    const { periods, ...subscription } = await tx.subscription.findUniqueOrThrow({
      where: { id },
      include: { periods: true },
    });
    return { subscription, periods };
  }
}
