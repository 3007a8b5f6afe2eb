import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { type Price, price, type PricedPlan } from './lines.ts';

/** What the next charge of a subscription buys, and takes from the card. In won. */
export interface NextCharge extends Price {
  planId: number;
  months: number;
  /** Of a whole period, as it was agreed. */
  price: number;
}

/**
 * What the card on file is charged for the period that follows. The charge itself, the notice, the consent and the
 * operators' list of a day's charges all use this rule. Pure.
 *
 * @param agreed what the buyer agreed to, or scheduled instead
 * @param term the end of the period before, and the anchor from which months are counted
 */
export function nextCharge(
  calendar: BusinessCalendar,
  agreed: PricedPlan,
  term: { anchorAt: Date; anchorMonths: number; endDate: Date },
  available: number,
): NextCharge {
  const endsAt = calendar.addMonths(term.anchorAt, term.anchorMonths + agreed.months);
  const period = { startsAt: term.endDate, endsAt };
  return { ...agreed, ...price(calendar, { kind: 'period', plan: agreed, period, paidBy: 'card', available }) };
}
