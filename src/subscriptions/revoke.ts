import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import { type Layout, layOut } from './period-layout.ts';
import { withStates } from './subscription.status.ts';

/** A subscription with all its periods, voided ones too. */
export interface History {
  subscription: Subscription;
  periods: SubscriptionPeriod[];
}

/** Money of an order that went back. */
export interface Refunded {
  /** The period that the order paid for. */
  periodId: string;
  /** In won. */
  amount: number;
  /** Nothing of the order's money is left. */
  isWhole: boolean;
  /** The subscription ends now, whatever else was paid for it. */
  endsNow: boolean;
  /** The bank reversed the deposit, which may come again, and then pays for a period of its own. */
  isReversal: boolean;
  /** Orders of the same subscription that were refunded before: what they paid for does not come back. */
  refundedOrders: ReadonlySet<string>;
}

/** What a refund revokes, as rows to write. */
export interface Revocation {
  subscription: Subscription;
  /** The periods that changed, as they are now. */
  periods: SubscriptionPeriod[];
  /** What the buyer's balance changes by in won, so that every won stays in a period or in the balance. */
  balance: number;
  effect: 'none' | 'moved' | 'ended';
  /** A renewal under way that was for what is revoked: its charge must be stopped. null: there is none */
  stoppedOrderId: string | null;
}

/**
 * A buyer whose period was refunded is not charged for another until they resume: POST /v1/subscriptions/:id/resume.
 */
const NO_RENEWAL = {
  nextChargeAt: null,
  renewalOrderId: null,
  renewalHeldAt: null,
  renewalHeldReason: null,
  pastDueSince: null,
  graceUntil: null,
};

/**
 * What a refund revokes. Pure.
 *
 * - In part: the period is worth that much less; time stays as it is.
 * - Whole: the period is voided, and a change of plan is undone, giving back what it had credited and ended.
 *   Periods that have begun stay where they are; those still to come move up, to where the refunded one would have
 *   begun, or to now. What follows never loses a day that was paid for.
 * - The subscription ends when no period is left from now on, or when that was requested.
 */
export function revoke(
  calendar: BusinessCalendar,
  { subscription, periods }: History,
  refunded: Refunded,
  now: Date,
): Revocation {
  const after = new Map(periods.map((period) => [period.id, period]));
  const put = (period: SubscriptionPeriod) => after.set(period.id, period);
  const period = after.get(refunded.periodId)!;
  const { written, balance } = withoutMoney(subscription, period, periods, refunded, now);
  written.forEach(put);
  // Undone as a change of plan: it had not been replaced by a later one.
  const undone = refunded.isWhole && period.endedById === null ? period : null;
  if (refunded.endsNow) cutOff(after.values(), now).forEach(put);
  const { terms, moved } = layOut(calendar, subscription, [...after.values()], undone, refunded.endsNow, now);
  moved.forEach(put);
  if (refunded.isReversal) put(withoutOrder(after.get(period.id)!));
  const effect = effectOf(subscription, terms);
  return {
    subscription: withStates({
      ...subscription,
      ...terms,
      ...(effect !== 'none' && NO_RENEWAL),
      version: subscription.version + 1,
    }),
    periods: [...after.values()].filter((written) => !periods.includes(written)),
    balance,
    effect,
    stoppedOrderId: effect === 'none' ? null : subscription.renewalOrderId,
  };
}

/** The periods without the money that went back, and what that leaves over for the balance. */
function withoutMoney(
  subscription: Subscription,
  period: SubscriptionPeriod,
  periods: SubscriptionPeriod[],
  refunded: Refunded,
  now: Date,
): { written: SubscriptionPeriod[]; balance: number } {
  const left = period.price - period.credited;
  if (!refunded.isWhole) {
    const worth = Math.min(refunded.amount, left);
    return { written: [{ ...period, price: period.price - worth }], balance: worth - refunded.amount };
  }
  const revoked = { ...period, credited: period.price, voidedAt: period.voidedAt ?? now };
  const ended = subscription.isActive ? endedBy(period, periods, refunded, now) : [];
  const credited = ended.reduce((total, one) => total + one.credited, 0);
  return { written: [revoked, ...ended.map(restored)], balance: left - refunded.amount - credited };
}

/** A period that a change had ended, as it was before the change. */
const restored = (period: SubscriptionPeriod): SubscriptionPeriod => ({
  ...period,
  endsAt: period.originalEndsAt!,
  credited: 0,
  voidedAt: null,
  endedById: null,
  originalEndsAt: null,
});

/** Of no order: should the deposit come again, the order pays for another period. */
const withoutOrder = (period: SubscriptionPeriod): SubscriptionPeriod => ({
  ...period,
  orderId: null,
  endedById: null,
  originalEndsAt: null,
});

function effectOf(before: Subscription, after: Layout): Revocation['effect'] {
  if (!before.isActive) return 'none';
  if (!after.isActive) return 'ended';
  const isMoved = after.endDate.getTime() !== before.endDate.getTime() || after.planId !== before.planId;
  return isMoved ? 'moved' : 'none';
}

/**
 * What the refunded change had ended is restored, unless a later change builds on it, its own money went back, or its
 * place is taken.
 */
function endedBy(
  change: SubscriptionPeriod,
  periods: SubscriptionPeriod[],
  { refundedOrders }: Refunded,
  now: Date,
): SubscriptionPeriod[] {
  if (change.endedById !== null) return [];
  // What was bought since and has begun stays where it is.
  const since = periods.filter(
    ({ id, voidedAt, startsAt }) =>
      id !== change.id && voidedAt === null && startsAt <= now && startsAt >= change.startsAt,
  );
  return periods.filter(({ endedById, orderId, originalEndsAt }) => {
    const wasPaid = orderId === null || !refundedOrders.has(orderId);
    return endedById === change.id && wasPaid && !since.some(({ startsAt }) => startsAt < originalEndsAt!);
  });
}

/** Ending now: what runs is over, what was to come never comes. Its money stays. */
function cutOff(periods: Iterable<SubscriptionPeriod>, now: Date): SubscriptionPeriod[] {
  return [...periods]
    .filter(({ voidedAt, endsAt }) => voidedAt === null && endsAt > now)
    .map((period) => (period.startsAt < now ? { ...period, endsAt: now } : { ...period, voidedAt: now }));
}
