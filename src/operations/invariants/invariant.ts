import type { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { type Sql, sql } from '../../platform/database/index.ts';

/** What must always be true of the records. */
export interface Invariant {
  name: string;
  /** One sentence, for the API and the log. The console has its own words for each name. */
  says: string;
  /** Counts the rows that break it, in one pass over each table. */
  broken: Sql;
}

/** What a check is made against. */
export interface Moment {
  now: Date;
  time: BusinessCalendar;
}

const MINUTE_MS = 60_000;

export const paid = sql`('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')`;

/** A timestamp that lies at least so many minutes back. */
export const olderThan = (column: Sql, minutes: number, now: Date): Sql =>
  sql`${column} < ${new Date(now.getTime() - minutes * MINUTE_MS)}::timestamptz`;
