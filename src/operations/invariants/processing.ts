import { sql } from '../../platform/database/index.ts';
import { type Invariant, type Moment, olderThan } from './invariant.ts';

const HOUR_MINUTES = 60;

/** Nothing stays unknown or undone, and the records were compared with Toss. */
export function processingInvariants({ now, time }: Moment): Invariant[] {
  const today = time.day(now);
  const [yesterday, before] = [time.midnightOf(today, -1), time.day(time.midnightOf(today, -2))];
  const tooOld = olderThan(sql`created_at`, HOUR_MINUTES, now);
  return [
    {
      name: 'books_say_what_toss_says',
      says: 'no difference between our records and Toss is unresolved',
      broken: sql`SELECT count(*) FROM reconciliation_difference WHERE resolved_at IS NULL`,
    },
    {
      name: 'books_were_compared_lately',
      says: 'everything that was paid before yesterday has been compared with Toss',
      broken: sql`
        SELECT count(*) FROM (SELECT 1) once
        WHERE EXISTS (SELECT FROM payment WHERE approved_at < ${yesterday}::timestamptz)
          AND NOT EXISTS (SELECT FROM reconciliation WHERE date >= ${before})`,
    },
    {
      name: 'nothing_stays_unknown',
      says: 'no payment or refund has been pending, and no net cancel open, for more than an hour',
      broken: sql`
        SELECT (SELECT count(*) FROM payment WHERE status = 'PENDING' AND ${tooOld})
          + (SELECT count(*) FROM refund WHERE status = 'PENDING' AND ${tooOld})
          + (SELECT count(*) FROM payment_void WHERE status = 'PENDING' AND ${tooOld})`,
    },
    {
      name: 'webhooks_are_processed',
      says: 'no incoming webhook has waited for more than an hour, and none has failed',
      broken: sql`SELECT count(*) FROM incoming_webhook WHERE status = 'FAILED' OR (status = 'PENDING' AND ${tooOld})`,
    },
  ];
}
