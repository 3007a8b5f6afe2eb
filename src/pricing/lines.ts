import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { amountToCharge, amountToOrder } from './balance-split.ts';
import { type Cycles, type Paid, prorate } from './proration.ts';

/** A plan as it is sold to a buyer, or as they agreed to it. */
export interface PricedPlan {
  planId: number;
  /** In won, for a period. */
  price: number;
  months: number;
}

/** One reason why an amount is what it is. */
export interface Line {
  kind: 'PLAN' | 'PRORATION_CREDIT' | 'PRORATION_CHARGE' | 'BALANCE' | 'CONTRIBUTION';
  /** In won; negative: it makes the amount smaller. */
  amount: number;
  /** The time that it is for. null: none */
  period: { startsAt: Date; endsAt: Date } | null;
}

/** What is priced. `available` is the buyer's balance in won, less what is reserved; negative: they owe. */
type PricingContext =
  /**
   * A whole period. A card on file is never charged more than was agreed; a buyer who pays themselves pays what they
   * owe too.
   */
  | {
      kind: 'period';
      plan: PricedPlan;
      /** null: nothing runs, and it begins when it is paid */
      period: { startsAt: Date; endsAt: Date } | null;
      paidBy: 'buyer' | 'card';
      available: number;
    }
  /** Another plan from now on. */
  | {
      kind: 'change';
      plan: PricedPlan;
      current: { cycles: Cycles & { endDate: Date }; periods: readonly (Paid & { months: number })[] };
      now: Date;
      available: number;
    };

/** An amount with its reasons. In won. */
export interface Price {
  /** They add up to the amount. */
  lines: Line[];
  /** What is paid. */
  amount: number;
  /** What of the balance goes with it; negative: what the buyer owed and pays now. */
  balanceUsed: number;
}

/** The one calculation of what is paid: quotes, orders, notices, reports and charges all come from here. Pure. */
export function price(calendar: BusinessCalendar, context: PricingContext): Price {
  const { available } = context;
  const lines = context.kind === 'period' ? [planLine(context)] : changeLines(calendar, context);
  const due = total(lines);
  const isCharge = context.kind === 'period' && context.paidBy === 'card';
  const { amount, balanceUsed } = isCharge ? amountToCharge(due, available) : amountToOrder(due, available);
  const balance: Line = { kind: 'BALANCE', amount: -balanceUsed, period: null };
  return { lines: balanceUsed === 0 ? lines : [...lines, balance], amount, balanceUsed };
}

function planLine({ plan, period }: Extract<PricingContext, { kind: 'period' }>): Line {
  return { kind: 'PLAN', amount: plan.price, period };
}

/** What is unused of the old is credited, the new is charged for the time that it gets. */
function changeLines(
  calendar: BusinessCalendar,
  { current, plan, now }: Extract<PricingContext, { kind: 'change' }>,
): Line[] {
  const { credit, charge, keepsCycle } = prorate(calendar, current, now, plan);
  const { endDate } = current.cycles;
  const endsAt = keepsCycle ? endDate : calendar.addMonths(now, plan.months);
  return [
    { kind: 'PRORATION_CREDIT', amount: 0 - credit, period: { startsAt: now, endsAt: endDate } },
    { kind: 'PRORATION_CHARGE', amount: charge, period: { startsAt: now, endsAt } },
  ];
}

/** What lines add up to, in won. */
export const total = (lines: readonly Line[]): number => lines.reduce((sum, { amount }) => sum + amount, 0);
