import type { Subscription } from '../platform/database/index.ts';

/** A period of a plan as a buyer agreed to it. Later changes of the plan's price or months do not reach it. */
export interface Terms {
  planId: number;
  /** In won, for a period. */
  price: number;
  months: number;
}

/** The columns of a subscription that say what was agreed, and what is scheduled. */
export type Agreement = Pick<
  Subscription,
  'agreedPlanId' | 'agreedPrice' | 'agreedMonths' | 'nextPlanId' | 'nextPrice' | 'nextMonths'
>;

/** What the buyer agreed to. */
export function agreedTerms(of: Agreement): Terms {
  return { planId: of.agreedPlanId, price: of.agreedPrice, months: of.agreedMonths };
}

/** What the buyer scheduled instead. null: nothing */
export function nextTerms({ nextPlanId, nextPrice, nextMonths }: Agreement): Terms | null {
  if (nextPlanId === null || nextPrice === null || nextMonths === null) return null;
  return { planId: nextPlanId, price: nextPrice, months: nextMonths };
}

/** What the next charge of a card on file buys. */
export function chargeTerms(of: Agreement): Terms {
  return nextTerms(of) ?? agreedTerms(of);
}

/** The columns of an agreement. */
export function agreementOf(agreed: Terms, next: Terms | null): Agreement {
  return {
    agreedPlanId: agreed.planId,
    agreedPrice: agreed.price,
    agreedMonths: agreed.months,
    nextPlanId: next?.planId ?? null,
    nextPrice: next?.price ?? null,
    nextMonths: next?.months ?? null,
  };
}

/** The plan that takes over when the period in force ends, as far as it is known. null: the same plan */
export function upcomingPlan(of: Agreement & Pick<Subscription, 'planId' | 'switchPlanId'>): number | null {
  const { planId } = chargeTerms(of);
  return of.switchPlanId ?? (planId === of.planId ? null : planId);
}
