import { invariant } from './invariant.ts';

/** Nothing stays unknown or undone, and the records were compared with the provider's. */
export const PROCESSING_INVARIANTS = [
  invariant({
    name: 'books_say_what_toss_says',
    says: 'no difference between our records and Toss is unresolved',
    sql: 'SELECT count(*) AS broken FROM reconciliation_difference WHERE resolved_at IS NULL',
  }),
  invariant({
    name: 'books_were_compared_lately',
    says: 'everything that was paid before yesterday has been compared with Toss',
    uses: ['yesterday', 'dayBeforeYesterday'],
    sql: `
      SELECT count(*) AS broken FROM (SELECT 1) once
      WHERE EXISTS (SELECT FROM payment WHERE approved_at < :yesterday)
        AND NOT EXISTS (SELECT FROM reconciliation WHERE date >= :dayBeforeYesterday)`,
  }),
  invariant({
    name: 'nothing_stays_unknown',
    says: 'no payment or refund has been pending, and no net cancel open, for more than an hour',
    uses: ['hourAgo'],
    sql: `
      SELECT (SELECT count(*) FROM payment WHERE status = 'PENDING' AND created_at < :hourAgo)
        + (SELECT count(*) FROM refund WHERE status = 'PENDING' AND created_at < :hourAgo)
        + (SELECT count(*) FROM payment_void WHERE status = 'PENDING' AND created_at < :hourAgo) AS broken`,
  }),
  invariant({
    name: 'webhooks_are_processed',
    says: 'no incoming webhook has waited for more than an hour, and none has failed',
    uses: ['hourAgo'],
    sql: `
      SELECT count(*) AS broken FROM incoming_webhook
      WHERE status = 'FAILED' OR (status = 'PENDING' AND created_at < :hourAgo)`,
  }),
];
