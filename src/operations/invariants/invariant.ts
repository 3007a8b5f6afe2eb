import { type Statement, statement, t, type Types, type Values } from '../../platform/database/index.ts';
import type { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { DAY, HOUR } from '../../platform/time/duration.ts';
import { MIN_CHARGE } from '../../pricing/index.ts';

/** What a check is made against: each invariant uses some of these. */
const MOMENT = {
  now: t.instant,
  /** What is processed at once is not as old as this. */
  hourAgo: t.instant,
  weekAgo: t.instant,
  /** Longer than the grace of a declined renewal, with the days on which it begins and ends. */
  tenDaysAgo: t.instant,
  /** The midnight that began yesterday. */
  yesterday: t.instant,
  /** yyyy-MM-dd */
  dayBeforeYesterday: t.text,
  /** Of the business calendar. */
  zone: t.text,
  /** In won. */
  leastCharge: t.int,
} satisfies Types;
export type Moment = Values<typeof MOMENT>;

const COUNT = { broken: t.long };

/** What must always be true of the records. */
export interface Invariant {
  name: string;
  /** One sentence, for the API and the log. The console has its own words for each name. */
  says: string;
  /** Counts the rows that break it, in one pass over each table. */
  count: Statement<Types, typeof COUNT>;
}

/** Declares one. `uses`: what its statement takes of the moment. */
export function invariant({
  name,
  says,
  uses = [],
  sql,
}: {
  name: string;
  says: string;
  uses?: (keyof Moment)[];
  sql: string;
}): Invariant {
  const params: Types = Object.fromEntries(uses.map((parameter) => [parameter, MOMENT[parameter]]));
  return { name, says, count: statement(`invariants.${name}`, { params, row: COUNT, sql }) };
}

export function momentOf(now: Date, calendar: BusinessCalendar): Moment {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const today = calendar.day(now);
  return {
    now,
    hourAgo: ago(HOUR),
    weekAgo: ago(7 * DAY),
    tenDaysAgo: ago(10 * DAY),
    yesterday: calendar.midnightOf(today, -1),
    dayBeforeYesterday: calendar.day(calendar.midnightOf(today, -2)),
    zone: calendar.zone,
    leastCharge: MIN_CHARGE,
  };
}
