import { t } from '../platform/database/index.ts';
import { queue } from '../platform/jobs/index.ts';

/** Payments whose outcome, or whose deposit, is awaited: they are polled. */
export const PAYMENTS_TO_POLL = queue({
  name: 'payments-to-poll',
  table: 'payment',
  key: 'orderId',
  due: 'next_poll_at',
  row: { orderId: t.text },
  writes: 'polled_at = :now',
  rewind: `
    WITH attempts AS (
      UPDATE payment_attempt SET requested_at = :now
      WHERE requested_at > :now AND (outcome IS NULL OR outcome = 'UNKNOWN')
    )
    UPDATE payment SET polled_at = NULL WHERE next_poll_at IS NOT NULL AND polled_at > :now`,
});

/** Provider payments that are given back (망취소). */
export const PAYMENTS_TO_VOID = queue({
  name: 'payments-to-void',
  table: 'payment_void',
  key: 'id',
  due: 'next_try_at',
  row: { id: t.uuid, orderId: t.text, providerRef: t.text, reason: t.text, attempts: t.int },
});
