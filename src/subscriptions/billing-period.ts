import type { BusinessCalendar } from '../platform/time/business-calendar.ts';

/** The part of a live subscription that the next period follows from. */
export interface Term {
  /** Months are counted from here. */
  anchorAt: Date;
  /** Months bought since the anchor. */
  anchorMonths: number;
  endDate: Date;
}

export interface NextPeriod extends Term {
  startsAt: Date;
  /** The same as `endDate`: a period bought now is the last one. */
  endsAt: Date;
}

/**
 * The period that one more purchase of `months` buys. While something is live it follows without a gap; else it starts
 * at `now`, which becomes the anchor. Months are always counted from the anchor, never from the end before: a
 * subscription born on 31 January ends on 28 February and then on 31 March.
 */
export function nextPeriod(calendar: BusinessCalendar, live: Term | null, now: Date, months: number): NextPeriod {
  const anchorAt = live?.anchorAt ?? now;
  const anchorMonths = (live?.anchorMonths ?? 0) + months;
  const endsAt = calendar.addMonths(anchorAt, anchorMonths);
  return { anchorAt, anchorMonths, startsAt: live?.endDate ?? now, endsAt, endDate: endsAt };
}
