import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import { agreedTerms, type Agreement, agreementOf, nextTerms } from './agreement.ts';

/** Longer than any subscription. */
const MAX_MONTHS = 12_000;

/** Of a subscription, what follows from where its periods lie. */
export type Layout = Pick<
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

/**
 * Where the periods that are not voided lie once one was revoked, and what the subscription is by them. Pure. Periods
 * that have begun stay where they are; those still to come follow them without a gap.
 *
 * @param undone a change of plan that is voided, whose agreement goes with it
 * @param endsNow the subscription ends, whatever else was paid for it
 */
export function layOut(
  calendar: BusinessCalendar,
  subscription: Subscription,
  periods: SubscriptionPeriod[],
  undone: SubscriptionPeriod | null,
  endsNow: boolean,
  now: Date,
): { terms: Layout; moved: SubscriptionPeriod[] } {
  const unvoided = periods
    .filter(({ voidedAt }) => voidedAt === null)
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  const begun = unvoided.filter(({ startsAt }) => startsAt <= now);
  const coming = subscription.isActive ? unvoided.slice(begun.length) : [];
  const from = new Date(Math.max(now.getTime(), begun.at(-1)?.endsAt.getTime() ?? 0));
  const anchors = [subscription.anchorAt, ...periods.map(({ startsAt }) => startsAt)];
  const boundary = coming.length > 0 ? from : (begun.at(-1)?.endsAt ?? from);
  const isTrial = unvoided.length > 0 && unvoided.every(({ orderId, price }) => orderId === null && price === 0);
  // Only the trial is left: its end is the anchor again, with no month counted.
  const known = isTrial ? { anchorAt: boundary, anchorMonths: 0 } : anchored(calendar, boundary, anchors);
  let { anchorAt, anchorMonths } = known ?? { anchorAt: from, anchorMonths: 0 };
  const moved = coming.map((period) => {
    const startsAt = anchorMonths === 0 ? anchorAt : calendar.addMonths(anchorAt, anchorMonths);
    anchorMonths += period.months;
    return { ...period, startsAt, endsAt: calendar.addMonths(anchorAt, anchorMonths) };
  });
  const laid = [...(subscription.isActive ? begun : unvoided), ...moved];
  // A day that began inside a period is usable until midnight.
  const current =
    laid.find(({ endsAt }) => endsAt > now) ??
    (endsNow ? undefined : laid.findLast(({ endsAt }) => endsAt > calendar.startOfDay(now)));
  const isActive = subscription.isActive && current !== undefined;
  const startDate = laid[0]?.startsAt ?? subscription.startDate;
  const endOfNothing = subscription.isActive && now > startDate ? now : subscription.endDate;
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
      endDate: laid.at(-1)?.endsAt ?? endOfNothing,
      isActive,
      isTrial: subscription.isActive ? isTrial : subscription.isTrial,
      // What was never paid for is charged with the buyer's consent only, as it was before.
      needsConsent: subscription.needsConsent || (subscription.isActive && isTrial),
    },
  };
}

/** The months from an anchor that lead to `boundary`; without one, it becomes an anchor itself. */
function anchored(
  calendar: BusinessCalendar,
  boundary: Date,
  anchors: Date[],
): { anchorAt: Date; anchorMonths: number } | undefined {
  for (const anchorAt of anchors) {
    for (let anchorMonths = 1; anchorMonths <= MAX_MONTHS; anchorMonths++) {
      const reached = calendar.addMonths(anchorAt, anchorMonths);
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
