import type { Plan as PlanRow, Price } from '../platform/database/index.ts';

/** A plan with its current price. */
export interface Plan extends PlanRow {
  /** Whole won. null: the buyer names the amount (events only) */
  price: number | null;
  currency: string;
  /** null: grants no time (events) */
  durationMonths: number | null;
}

/** @param price the version that `plan.priceId` names */
export function planOf(plan: PlanRow, { amount, currency, durationMonths }: Price): Plan {
  return { ...plan, price: amount, currency, durationMonths };
}
