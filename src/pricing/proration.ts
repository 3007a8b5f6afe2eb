import type { BusinessCalendar } from '../platform/time/business-calendar.ts';

/** The months that were bought: counted from the anchor. */
export interface Cycles {
  anchorAt: Date;
  /** Months bought since the anchor. */
  anchorMonths: number;
}

/** A stretch of paid time that is not voided: [startsAt, endsAt). */
export interface Paid {
  startsAt: Date;
  endsAt: Date;
  /** What the whole of it is worth, in won: what was paid for it, not what its plan costs today. */
  price: number;
}

interface Proration {
  /** Of the old price, the part that was not used, in won. */
  credit: number;
  /** Of the new price, the part for the time that is left (or the whole, for a new cycle), in won. */
  charge: number;
}

/**
 * What a change of plan in the middle of paid time credits and charges. By whole days of the business calendar: the day
 * of the change is still unused, and each amount is rounded half up to a won. A plan of as many months keeps the cycle;
 * one of others begins a new one, which is charged in full.
 */
export function prorate(
  calendar: BusinessCalendar,
  current: { cycles: Cycles; periods: readonly (Paid & { months: number })[] },
  now: Date,
  plan: { price: number; months: number },
): Proration & { keepsCycle: boolean } {
  const keepsCycle = current.periods.every(({ months }) => months === plan.months);
  const credit = sum(current.periods, (paid) => share(calendar, paid, now, paid.price));
  const charge = keepsCycle
    ? sum(cyclesLeft(calendar, current.cycles, now, plan.months), (cycle) => share(calendar, cycle, now, plan.price))
    : plan.price;
  return { credit, charge, keepsCycle };
}

/**
 * The cycles of `months` that are not over at `now`, the current one whole. Not the same as the periods: one that a
 * change began is shorter than its cycle, and may span several.
 */
function cyclesLeft(
  calendar: BusinessCalendar,
  { anchorAt, anchorMonths }: Cycles,
  now: Date,
  months: number,
): Pick<Paid, 'startsAt' | 'endsAt'>[] {
  const cycles = [];
  for (let end = anchorMonths; end > 0; end -= months) {
    const cycle = { startsAt: calendar.addMonths(anchorAt, end - months), endsAt: calendar.addMonths(anchorAt, end) };
    if (cycle.endsAt <= now) break;
    cycles.push(cycle);
  }
  return cycles;
}

/**
 * The part of `price` that the days of a period which are left at `now` are worth, in won. All of it before it begins.
 */
export function share(
  calendar: BusinessCalendar,
  { startsAt, endsAt }: Pick<Paid, 'startsAt' | 'endsAt'>,
  now: Date,
  price: number,
): number {
  const days = calendar.daysBetween(startsAt, endsAt);
  const left = Math.min(Math.max(calendar.daysBetween(now, endsAt), 0), days);
  return days === 0 ? 0 : roundHalfUp(price * left, days);
}

/** numerator / denominator, rounded half up; in whole numbers, so that no cent of binary fractions is lost. */
function roundHalfUp(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
