import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Term } from './billing-period.ts';

/** A stretch of paid time that stands: [startsAt, endsAt). */
export interface Paid {
  startsAt: Date;
  endsAt: Date;
  /** What the whole of it is worth, in won: what was paid for it, not what its plan costs today. */
  price: number;
}

export interface Proration {
  /** Of the old price, the part that was not used, in won. */
  credit: number;
  /** Of the new price, the part for the time that is left (or the whole, for a new cycle), in won. */
  charge: number;
}

/**
 * What a change of plan in the middle of paid time credits and charges. By whole days of the business calendar: the day of the
 * change is still unused, and each amount is rounded half up to a won. A plan of as many months keeps the cycle; one of others
 * begins a new one, which is charged in full.
 */
export function prorate(
  time: BusinessCalendar,
  held: { term: Term; periods: readonly (Paid & { months: number })[] },
  now: Date,
  plan: { price: number; months: number },
): Proration & { keepsCycle: boolean } {
  const keepsCycle = held.periods.every(({ months }) => months === plan.months);
  const credit = sum(held.periods, (paid) => share(time, paid, now, paid.price));
  const charge = keepsCycle
    ? sum(cyclesLeft(time, held.term, now, plan.months), (cycle) => share(time, cycle, now, plan.price))
    : plan.price;
  return { credit, charge, keepsCycle };
}

/**
 * The cycles of `months` that are not over at `now`, the current one whole. Not the same as the periods: one that a change began
 * is shorter than its cycle, and may span several.
 */
function cyclesLeft(
  time: BusinessCalendar,
  { anchorAt, anchorMonths }: Term,
  now: Date,
  months: number,
): Pick<Paid, 'startsAt' | 'endsAt'>[] {
  const cycles = [];
  for (let end = anchorMonths; end > 0; end -= months) {
    const cycle = { startsAt: time.addMonths(anchorAt, end - months), endsAt: time.addMonths(anchorAt, end) };
    if (cycle.endsAt <= now) break;
    cycles.push(cycle);
  }
  return cycles;
}

/** The part of `price` that the days of a period which are left at `now` are worth, in won. All of it before it begins. */
export function share(
  time: BusinessCalendar,
  { startsAt, endsAt }: Pick<Paid, 'startsAt' | 'endsAt'>,
  now: Date,
  price: number,
): number {
  const days = time.daysBetween(startsAt, endsAt);
  const left = Math.min(Math.max(time.daysBetween(now, endsAt), 0), days);
  return days === 0 ? 0 : roundHalfUp(price * left, days);
}

/** numerator / denominator, rounded half up; in whole numbers, so that no cent of binary fractions is lost. */
function roundHalfUp(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
