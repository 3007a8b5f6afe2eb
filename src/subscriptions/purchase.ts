import type { Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { prorate, share } from '../pricing/index.ts';
import { agreedTerms, type Agreement, agreementOf, nextTerms, type Terms } from './agreement.ts';
import { nextPeriod } from './billing-period.ts';

/** The live subscription of a user, and its periods that are neither voided nor over, in order. */
export interface CurrentSubscription {
  subscription: Subscription;
  periods: SubscriptionPeriod[];
}

/** Time that is being bought. */
export interface PurchaseTerms {
  /** null: nothing was ordered */
  orderId: string | null;
  planId: number;
  months: number;
  /** What the buyer gives for it in won, balance included, less what was refunded in part already. */
  value: number;
  /** What a whole period of the plan costs in won, as it was ordered. */
  price: number;
  /** Whether it replaces the current plan now, or follows when the time that is paid for ends. */
  takesOver: boolean;
  /**
   * The buyer paid what they were quoted: nothing more is owed for it, even where the change comes about some days
   * later.
   */
  isOrdered?: boolean;
  /** The card on file that paid for it. null: the buyer paid themselves */
  paymentMethodId?: string | null;
  /** The card was charged for the next period of a subscription, and the buyer did nothing for it. */
  renews?: boolean;
}

/** The columns of a subscription that a purchase changes, or all that it begins with. */
export type PurchasedColumns = Agreement &
  Pick<Subscription, 'planId' | 'switchAt' | 'switchPlanId' | 'anchorAt' | 'anchorMonths' | 'startDate' | 'endDate'>;

/** What a purchase makes of a subscription. */
export interface Purchase {
  kind: 'activated' | 'extended' | 'changed';
  columns: PurchasedColumns;
  period: Pick<SubscriptionPeriod, 'planId' | 'months' | 'startsAt' | 'endsAt' | 'price' | 'listPrice'>;
  /** The agreement that a change of plan replaces. null: no change */
  agreedBefore: Agreement | null;
  /** Periods that end now, or never come, with the part of their price that is credited. */
  ended: { period: SubscriptionPeriod; hasBegun: boolean; credited: number }[];
  /** What is left over for the buyer's balance in won; negative: what they still owe. */
  leftOver: number;
}

/** What buying time does, whatever is current: begins, follows at the end, or takes over in the middle. Pure. */
export function purchase(
  calendar: BusinessCalendar,
  current: CurrentSubscription | null,
  terms: PurchaseTerms,
  now: Date,
): Purchase {
  const { planId, endDate } = current?.subscription ?? {};
  const takesOver = terms.takesOver && planId !== terms.planId && endDate !== undefined && endDate > now;
  return current && takesOver
    ? takeOver(calendar, current, terms, now)
    : follow(calendar, current?.subscription ?? null, terms, now);
}

/** A period after the last one that is not voided. */
function follow(calendar: BusinessCalendar, live: Subscription | null, terms: PurchaseTerms, now: Date): Purchase {
  const { planId, months, value, price } = terms;
  const { startsAt, endsAt, anchorAt, anchorMonths } = nextPeriod(calendar, live, now, months);
  const runs = live !== null && live.endDate > now;
  const laterSwitch = runs
    ? { switchAt: live.switchAt, switchPlanId: live.switchPlanId }
    : { switchAt: null, switchPlanId: null };
  const switchesHere = runs && laterSwitch.switchPlanId === null && live.planId !== planId;
  const columns = {
    // Once nothing runs any more, the plan that was bought is the current one.
    planId: runs ? live.planId : planId,
    ...(switchesHere ? { switchAt: startsAt, switchPlanId: planId } : laterSwitch),
    ...agreementAfter(live, terms),
    anchorAt,
    anchorMonths,
    startDate: live?.startDate ?? startsAt,
    endDate: endsAt,
  };
  const period = { planId, months, startsAt, endsAt, price: Math.max(value, 0), listPrice: price };
  const kind = live ? 'extended' : 'activated';
  return { kind, columns, period, agreedBefore: null, ended: [], leftOver: Math.min(value, 0) };
}

/** From now on another plan: what is unused of the old is credited, the new is charged for the time that it gets. */
function takeOver(
  calendar: BusinessCalendar,
  { subscription, periods }: CurrentSubscription,
  terms: PurchaseTerms,
  now: Date,
): Purchase {
  const { planId, months, value, price, isOrdered } = terms;
  const plan = { price, months };
  const { credit, charge, keepsCycle } = prorate(calendar, { cycles: subscription, periods }, now, plan);
  const ended = periods.map((period) => ({
    period,
    hasBegun: period.startsAt < now,
    credited: share(calendar, period, now, period.price),
  }));
  const { anchorAt, anchorMonths, endDate } = subscription;
  const cycle = keepsCycle
    ? { anchorAt, anchorMonths, endDate }
    : { anchorAt: now, anchorMonths: months, endDate: calendar.addMonths(now, months) };
  const startDate = subscription.startDate < now ? subscription.startDate : now;
  const agreement = agreementOf({ planId, price, months }, null);
  const leftOver = value - (charge - credit);
  // The period is worth what was given for it.
  const worth = isOrdered ? Math.max(charge + Math.min(leftOver, 0), 0) : charge;
  return {
    kind: 'changed',
    columns: { planId, switchAt: null, switchPlanId: null, ...agreement, startDate, ...cycle },
    period: { planId, months, startsAt: now, endsAt: cycle.endDate, price: worth, listPrice: price },
    agreedBefore: agreementOf(agreedTerms(subscription), nextTerms(subscription)),
    ended,
    leftOver: leftOver + charge - worth,
  };
}

/**
 * What the buyer agrees to with a purchase that follows. The card goes on renewing what was agreed for it: buying more
 * in the payment window does not change that. What was scheduled becomes the agreement once it is bought.
 */
function agreementAfter(
  live: Subscription | null,
  { planId, price, months, paymentMethodId = null, renews = false }: PurchaseTerms,
): Agreement {
  const terms: Terms = { planId, price, months };
  if (!live) return agreementOf(terms, null);
  const [agreed, next] = [agreedTerms(live), nextTerms(live)];
  if (next?.planId === planId) return agreementOf(live.paymentMethodId === null && !renews ? terms : next, null);
  const newly = paymentMethodId !== null && !renews;
  return agreementOf(newly || (live.paymentMethodId === null && !renews) ? terms : agreed, next);
}
