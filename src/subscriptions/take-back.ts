import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import { agreedTerms, type Agreement, agreementOf, nextTerms } from './agreement.ts';

/** A subscription with all its periods, those that no longer stand too. */
export interface History {
  subscription: Subscription;
  periods: SubscriptionPeriod[];
}

/** Money that went back, and what goes with it. */
export interface Refunded {
  /** The period that the refunded order paid for. */
  periodId: string;
  /** In won. */
  amount: number;
  /** Nothing of the order's money is left. */
  whole: boolean;
  /** The subscription ends now, whatever else was paid for it. */
  end: boolean;
  /** Orders of the same subscription that were refunded before: what they paid for does not come back. */
  refundedOrders: ReadonlySet<string>;
}

export interface TakenBack {
  subscription: Subscription;
  /** The periods that changed, as they are now. */
  changed: SubscriptionPeriod[];
  /** What the buyer's balance changes by in won, so that every won stays in a period or in the balance. */
  balance: number;
  effect: 'none' | 'moved' | 'ended';
}

/** Longer than any subscription. */
const MONTHS_AT_MOST = 12_000;

/**
 * What a refund takes back. Pure.
 *
 * - In part: the period is worth that much less; time stays as it is.
 * - Whole: the period no longer stands, and a change of plan is undone, giving back what it had credited and ended. Periods that
 *   have begun stay where they are; those still to come move up, to where the refunded one would have begun, or to now. What
 *   follows never loses a day that was paid for.
 * - The subscription ends when nothing is left that stands from now on, or when that was asked for.
 */
export function takeBack(
  time: BusinessCalendar,
  { subscription, periods }: History,
  refunded: Refunded,
  now: Date,
): TakenBack {
  const after = new Map(periods.map((period) => [period.id, period]));
  const put = (period: SubscriptionPeriod) => after.set(period.id, period);
  const period = after.get(refunded.periodId)!;
  let balance = -refunded.amount;
  if (refunded.whole) {
    balance += period.price - period.credited;
    put({ ...period, credited: period.price, voidedAt: period.voidedAt ?? now });
    for (const ended of subscription.isActive ? endedBy(period, periods, refunded, now) : []) {
      balance -= ended.credited;
      put({
        ...ended,
        endsAt: ended.originalEndsAt!,
        credited: 0,
        voidedAt: null,
        endedById: null,
        originalEndsAt: null,
      });
    }
  } else {
    const worth = Math.min(refunded.amount, period.price - period.credited);
    balance += worth;
    put({ ...period, price: period.price - worth });
  }
  // Undone as a change of plan: it had not been replaced by a later one.
  const isUndone = refunded.whole && period.endedById === null;
  if (refunded.end) for (const cut of cutOff(after.values(), now)) put(cut);
  const { terms, moved } = layOut(time, subscription, [...after.values()], isUndone ? period : null, refunded.end, now);
  moved.forEach(put);
  const changed = [...after.values()].filter((written) => !periods.includes(written));
  const ended = subscription.isActive && !terms.isActive;
  const different = terms.endDate.getTime() !== subscription.endDate.getTime() || terms.planId !== subscription.planId;
  return {
    subscription: { ...subscription, ...terms },
    changed,
    balance,
    effect: ended ? 'ended' : different && subscription.isActive ? 'moved' : 'none',
  };
}

/** What the refunded change had ended comes back, unless a later change stands on it, its own money went back, or its place is taken. */
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

type Layout = Pick<
  Subscription,
  | 'planId'
  | 'switchAt'
  | 'switchPlanId'
  | 'agreedPlanId'
  | 'agreedPrice'
  | 'agreedMonths'
  | 'nextPlanId'
  | 'nextPrice'
  | 'nextMonths'
  | 'anchorAt'
  | 'anchorMonths'
  | 'startDate'
  | 'endDate'
  | 'isActive'
  | 'isTrial'
  | 'needsConsent'
>;

/** Where the periods that stand lie, and what the subscription is by them. */
function layOut(
  time: BusinessCalendar,
  subscription: Subscription,
  periods: SubscriptionPeriod[],
  undone: SubscriptionPeriod | null,
  end: boolean,
  now: Date,
): { terms: Layout; moved: SubscriptionPeriod[] } {
  const standing = periods
    .filter(({ voidedAt }) => voidedAt === null)
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  const begun = standing.filter(({ startsAt }) => startsAt <= now);
  const coming = subscription.isActive ? standing.slice(begun.length) : [];
  const from = new Date(Math.max(now.getTime(), begun.at(-1)?.endsAt.getTime() ?? 0));
  const anchors = [subscription.anchorAt, ...periods.map(({ startsAt }) => startsAt)];
  const boundary = coming.length > 0 ? from : (begun.at(-1)?.endsAt ?? from);
  const isTrial = standing.length > 0 && standing.every(({ orderId, price }) => orderId === null && price === 0);
  // Of what followed a trial nothing stands: its end is the anchor again, with no month counted.
  const known = isTrial ? { anchorAt: boundary, anchorMonths: 0 } : anchored(time, boundary, anchors);
  let { anchorAt, anchorMonths } = known ?? { anchorAt: from, anchorMonths: 0 };
  const moved = coming.map((period) => {
    const startsAt = anchorMonths === 0 ? anchorAt : time.addMonths(anchorAt, anchorMonths);
    anchorMonths += period.months;
    return { ...period, startsAt, endsAt: time.addMonths(anchorAt, anchorMonths) };
  });
  const laid = [...(subscription.isActive ? begun : standing), ...moved];
  // Until midnight nobody is shut out of a day that they began with.
  const current =
    laid.find(({ endsAt }) => endsAt > now) ??
    (end ? undefined : laid.findLast(({ endsAt }) => endsAt > time.startOfDay(now)));
  const isActive = subscription.isActive && current !== undefined;
  const startDate = laid[0]?.startsAt ?? subscription.startDate;
  const nothingStands = subscription.isActive && now > startDate ? now : subscription.endDate;
  return {
    moved: moved.filter((period, index) => period.startsAt.getTime() !== coming[index]!.startsAt.getTime()),
    terms: {
      planId: isActive ? current.planId : subscription.planId,
      ...switchOf(laid, current, now),
      ...agreement(subscription, undone),
      // Nothing follows what has ended, so the anchor may stay.
      ...(known || anchorMonths > 0
        ? { anchorAt, anchorMonths }
        : { anchorAt: subscription.anchorAt, anchorMonths: subscription.anchorMonths }),
      startDate,
      endDate: laid.at(-1)?.endsAt ?? nothingStands,
      isActive,
      isTrial: subscription.isActive ? isTrial : subscription.isTrial,
      // What was never paid for is charged with the buyer's consent only, as it was before.
      needsConsent: subscription.needsConsent || (subscription.isActive && isTrial),
    },
  };
}

/** The months from an anchor that lead to `boundary`; without one, it becomes an anchor itself. */
function anchored(
  time: BusinessCalendar,
  boundary: Date,
  anchors: Date[],
): { anchorAt: Date; anchorMonths: number } | undefined {
  for (const anchorAt of anchors) {
    for (let anchorMonths = 1; anchorMonths <= MONTHS_AT_MOST; anchorMonths++) {
      const reached = time.addMonths(anchorAt, anchorMonths);
      if (reached.getTime() === boundary.getTime()) return { anchorAt, anchorMonths };
      if (reached > boundary) break;
    }
  }
  return undefined;
}

/** Where a paid period of another plan than the current one begins. */
function switchOf(
  laid: SubscriptionPeriod[],
  current: SubscriptionPeriod | undefined,
  now: Date,
): Pick<Layout, 'switchAt' | 'switchPlanId'> {
  const following =
    current &&
    laid.find(({ startsAt, planId }) => startsAt > now && startsAt > current.startsAt && planId !== current.planId);
  return { switchAt: following?.startsAt ?? null, switchPlanId: following?.planId ?? null };
}

/** A change of plan that is undone leaves what was agreed before it, unless something else was agreed since. */
function agreement(subscription: Subscription, undone: SubscriptionPeriod | null): Agreement {
  const stillAgreed = undone !== null && undone.agreedBefore !== null && subscription.agreedPlanId === undone.planId;
  return stillAgreed
    ? (undone.agreedBefore as unknown as Agreement)
    : agreementOf(agreedTerms(subscription), nextTerms(subscription));
}
