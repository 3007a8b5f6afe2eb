import type { Plan } from '../catalog/index.ts';
import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { type Line, price, type Price } from '../pricing/index.ts';
import type { Terms } from './agreement.ts';
import type { CurrentSubscription } from './purchase.ts';

/** What changing to another plan would mean. Amounts in won. */
export interface ChangeQuote {
  kind: 'upgrade' | 'downgrade';
  /** Of what was paid, the part that was not used. */
  credit: number;
  /** Of the new price, the part for the time it gets. */
  charge: number;
  /** What would have to be paid now. */
  amountDue: number;
  effectiveAt: Date;
  periodStart: Date;
  periodEnd: Date;
}

/** A change as an order for it is made: what was quoted, and the very subscription it was quoted for. */
export interface OrderedChange extends ChangeQuote {
  subscriptionId: string;
  version: number;
  fromPlanId: number;
  /** The new plan's price as quoted. */
  price: number;
}

/** A plan that grants time, as it is sold today. */
export const termsOf = ({ id, price, durationMonths }: Plan): Terms => {
  return { planId: id, price: price!, months: durationMonths! };
};

/** A dearer plan takes over at once, a cheaper one at the period's end; once the period is over, either does. Pure. */
export function quoteChange(
  calendar: BusinessCalendar,
  current: CurrentSubscription,
  currentPrice: number,
  plan: Terms,
  now: Date,
): ChangeQuote {
  const { endDate } = current.subscription;
  const kind = plan.price < currentPrice ? 'downgrade' : 'upgrade';
  if (kind === 'downgrade' || endDate <= now) {
    const periodEnd = calendar.addMonths(endDate, plan.months);
    return { kind, credit: 0, charge: 0, amountDue: 0, effectiveAt: endDate, periodStart: endDate, periodEnd };
  }
  const { lines } = priceChange(calendar, current, plan, 0, now);
  const [credit, charge] = [-amountOf(lines, 'PRORATION_CREDIT'), amountOf(lines, 'PRORATION_CHARGE')];
  const periodEnd = lines.find((line) => line.kind === 'PRORATION_CHARGE')!.period!.endsAt;
  const amountDue = Math.max(charge - credit, 0);
  return { kind, credit, charge, amountDue, effectiveAt: now, periodStart: now, periodEnd };
}

/** What a change that takes over now is paid with. */
export function priceChange(
  calendar: BusinessCalendar,
  { subscription, periods }: CurrentSubscription,
  plan: Terms,
  available: number,
  now: Date,
): Price {
  return price(calendar, { kind: 'change', plan, current: { cycles: subscription, periods }, now, available });
}

/**
 * Whether what is bought follows what is current, at the plan's price: the same plan, one that is scheduled or paid to
 * follow, or any plan once the time is over.
 */
export function isFollowing({ subscription }: CurrentSubscription, planId: number, now: Date): boolean {
  const { nextPlanId, switchPlanId, endDate } = subscription;
  return [subscription.planId, nextPlanId, switchPlanId].includes(planId) || endDate <= now;
}

function amountOf(lines: readonly Line[], kind: Line['kind']): number {
  return lines.find((line) => line.kind === kind)?.amount ?? 0;
}
