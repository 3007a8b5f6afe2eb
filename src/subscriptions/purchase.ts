import type { BusinessTime } from '../common/business-time.ts';
import type { Subscription, SubscriptionPeriod } from '../db/index.ts';
import { nextPeriod } from './billing-period.ts';
import { prorate, share } from './proration.ts';

/** What a buyer holds: the live subscription, and its periods that stand and are not over, in order. */
export interface Held {
  subscription: Subscription;
  periods: SubscriptionPeriod[];
}

/** Time that is being bought. */
export interface Bought {
  planId: number;
  months: number;
  /** What the buyer gives for it in won, balance included. */
  value: number;
  /** The plan's price in won, as it was when it was ordered. */
  price: number;
  /** Whether it takes the place of another plan that is held, or follows when that is over. */
  takesOver: boolean;
  /** The card on file that paid for it, and renews it from now on. null: the buyer paid themselves */
  billingKeyId?: string | null;
  /** The buyer did nothing for it: a cancellation that they asked for meanwhile stands. */
  renews?: boolean;
}

/** What a purchase makes of a subscription. */
export interface Purchase {
  kind: 'activated' | 'extended' | 'changed';
  /** The columns of the subscription that it changes, or all that it begins with. */
  terms: Pick<Subscription, 'planId' | 'nextPlanId' | 'anchorAt' | 'anchorMonths' | 'startDate' | 'endDate'>;
  period: Pick<SubscriptionPeriod, 'planId' | 'months' | 'startsAt' | 'endsAt' | 'price'>;
  /** Periods that end now, or never come, with the part of their price that is credited. */
  ended: { id: string; stands: boolean; credited: number }[];
  /** What is left over for the buyer's balance in won; negative: what they still owe. */
  leftOver: number;
}

/** What buying time does, whatever is held: begins, follows at the end, or takes over in the middle. Pure. */
export function purchase(time: BusinessTime, held: Held | null, bought: Bought, now: Date): Purchase {
  const { planId, months, value } = bought;
  if (held && bought.takesOver && held.subscription.planId !== planId && held.subscription.endDate > now) return takeOver(time, held, bought, now);
  const live = held?.subscription ?? null;
  const { startsAt, endsAt, anchorAt, anchorMonths } = nextPeriod(time, live, now, months);
  const terms = {
    planId: live?.planId ?? planId,
    // Bought to follow another plan, it takes over when that is over.
    nextPlanId: live && live.planId !== planId ? planId : (live?.nextPlanId ?? null),
    anchorAt,
    anchorMonths,
    startDate: live?.startDate ?? startsAt,
    endDate: endsAt,
  };
  return { kind: live ? 'extended' : 'activated', terms, period: { planId, months, startsAt, endsAt, price: Math.max(value, 0) }, ended: [], leftOver: Math.min(value, 0) };
}

/** From now on another plan: what is unused of the old is credited, the new is charged for the time that it gets. */
function takeOver(time: BusinessTime, { subscription, periods }: Held, { planId, months, value, price }: Bought, now: Date): Purchase {
  const { credit, charge, keepsCycle } = prorate(time, { term: subscription, periods }, now, { price, months });
  const ended = periods.map((period) => ({ id: period.id, stands: period.startsAt < now, credited: share(time, period, now, period.price) }));
  const cycle = keepsCycle
    ? { anchorAt: subscription.anchorAt, anchorMonths: subscription.anchorMonths, endDate: subscription.endDate }
    : { anchorAt: now, anchorMonths: months, endDate: time.addMonths(now, months) };
  const startDate = subscription.startDate < now ? subscription.startDate : now;
  return {
    kind: 'changed',
    terms: { planId, nextPlanId: null, startDate, ...cycle },
    period: { planId, months, startsAt: now, endsAt: cycle.endDate, price: charge },
    ended,
    leftOver: value - (charge - credit),
  };
}
