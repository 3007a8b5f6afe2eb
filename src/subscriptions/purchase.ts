import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import { nextPeriod } from './billing-period.ts';
import { prorate, share } from './proration.ts';
import { agreedTerms, type Agreement, agreementOf, nextTerms, type Terms } from './terms.ts';

/** What a buyer holds: the live subscription, and its periods that stand and are not over, in order. */
export interface Held {
  subscription: Subscription;
  periods: SubscriptionPeriod[];
}

/** Time that is being bought. */
export interface Bought {
  planId: number;
  months: number;
  /** What the buyer gives for it in won, balance included, less what was refunded in part already. */
  value: number;
  /** What a whole period of the plan costs in won, as it was ordered. */
  price: number;
  /** Whether it takes the place of another plan that is held, or follows when that is over. */
  takesOver: boolean;
  /** The buyer paid what they were quoted: nothing more is owed for it, even where the change comes about some days later. */
  isOrdered?: boolean;
  /** The card on file that paid for it. null: the buyer paid themselves */
  paymentMethodId?: string | null;
  /** The card was charged for the next period of a subscription, and the buyer did nothing for it. */
  renews?: boolean;
}

/** The columns of a subscription that a purchase changes, or all that it begins with. */
export type PurchaseTerms = Pick<
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
>;

/** What a purchase makes of a subscription. */
export interface Purchase {
  kind: 'activated' | 'extended' | 'changed';
  terms: PurchaseTerms;
  period: Pick<SubscriptionPeriod, 'planId' | 'months' | 'startsAt' | 'endsAt' | 'price' | 'listPrice'>;
  /** The agreement that a change of plan replaces. null: no change */
  agreedBefore: Agreement | null;
  /** Periods that end now, or never come, with the part of their price that is credited. */
  ended: { id: string; stands: boolean; credited: number }[];
  /** What is left over for the buyer's balance in won; negative: what they still owe. */
  leftOver: number;
}

/** What buying time does, whatever is held: begins, follows at the end, or takes over in the middle. Pure. */
export function purchase(time: BusinessCalendar, held: Held | null, bought: Bought, now: Date): Purchase {
  const takesOver =
    held !== null && bought.takesOver && held.subscription.planId !== bought.planId && held.subscription.endDate > now;
  return takesOver ? takeOver(time, held, bought, now) : follow(time, held?.subscription ?? null, bought, now);
}

/** A period after the last one that stands. */
function follow(time: BusinessCalendar, live: Subscription | null, bought: Bought, now: Date): Purchase {
  const { planId, months, value, price } = bought;
  const { startsAt, endsAt, anchorAt, anchorMonths } = nextPeriod(time, live, now, months);
  const runs = live !== null && live.endDate > now;
  const laterSwitch = runs
    ? { switchAt: live.switchAt, switchPlanId: live.switchPlanId }
    : { switchAt: null, switchPlanId: null };
  const switchesHere = runs && laterSwitch.switchPlanId === null && live.planId !== planId;
  const terms = {
    // Once nothing runs any more, what was bought is what is held.
    planId: runs ? live.planId : planId,
    ...(switchesHere ? { switchAt: startsAt, switchPlanId: planId } : laterSwitch),
    ...agreementAfter(live, bought),
    anchorAt,
    anchorMonths,
    startDate: live?.startDate ?? startsAt,
    endDate: endsAt,
  };
  const period = { planId, months, startsAt, endsAt, price: Math.max(value, 0), listPrice: price };
  return {
    kind: live ? 'extended' : 'activated',
    terms,
    period,
    agreedBefore: null,
    ended: [],
    leftOver: Math.min(value, 0),
  };
}

/** From now on another plan: what is unused of the old is credited, the new is charged for the time that it gets. */
function takeOver(time: BusinessCalendar, { subscription, periods }: Held, bought: Bought, now: Date): Purchase {
  const { planId, months, value, price } = bought;
  const { credit, charge, keepsCycle } = prorate(time, { term: subscription, periods }, now, { price, months });
  const ended = periods.map((period) => ({
    id: period.id,
    stands: period.startsAt < now,
    credited: share(time, period, now, period.price),
  }));
  const cycle = keepsCycle
    ? { anchorAt: subscription.anchorAt, anchorMonths: subscription.anchorMonths, endDate: subscription.endDate }
    : { anchorAt: now, anchorMonths: months, endDate: time.addMonths(now, months) };
  const startDate = subscription.startDate < now ? subscription.startDate : now;
  const agreement = agreementOf({ planId, price, months }, null);
  const leftOver = value - (charge - credit);
  // The period is worth what was given for it.
  const worth = bought.isOrdered ? Math.max(charge + Math.min(leftOver, 0), 0) : charge;
  return {
    kind: 'changed',
    terms: { planId, switchAt: null, switchPlanId: null, ...agreement, startDate, ...cycle },
    period: { planId, months, startsAt: now, endsAt: cycle.endDate, price: worth, listPrice: price },
    agreedBefore: agreementOf(agreedTerms(subscription), nextTerms(subscription)),
    ended,
    leftOver: leftOver + charge - worth,
  };
}

/**
 * What the buyer agrees to with a purchase that follows. The card goes on renewing what was agreed for it: buying more by
 * hand does not change that. What was scheduled becomes the agreement once it is bought.
 */
function agreementAfter(
  live: Subscription | null,
  { planId, price, months, paymentMethodId = null, renews = false }: Bought,
) {
  const terms: Terms = { planId, price, months };
  if (!live) return agreementOf(terms, null);
  const [agreed, next] = [agreedTerms(live), nextTerms(live)];
  if (next?.planId === planId) return agreementOf(live.paymentMethodId === null && !renews ? terms : next, null);
  const newly = paymentMethodId !== null && !renews;
  return agreementOf(newly || (live.paymentMethodId === null && !renews) ? terms : agreed, next);
}
