import { statement, t } from '../platform/database/index.ts';
import type { WebhookSubject } from '../providers/index.ts';
import { enqueueFrom } from '../platform/jobs/index.ts';
import { ORDER_INTERVAL_MS } from './webhook-schedule.ts';

/** By its id, or by the cancel of a refund: the order of ours that an event is about. */
export const FIND_ORDER = statement('incoming-webhooks.find-order', {
  params: { orderId: t.nullable(t.text), transactionKey: t.nullable(t.text), maxBodies: t.long },
  row: { orderId: t.text, isOpen: t.bool, bodies: t.long },
  sql: `
    SELECT named.id AS order_id,
      COALESCE(payment.status IN ('PENDING', 'WAITING_FOR_DEPOSIT'), false)
        OR EXISTS (SELECT FROM refund WHERE refund.order_id = named.id AND refund.status = 'PENDING') AS is_open,
      (SELECT count(*) FROM (
        SELECT FROM incoming_webhook kept
        WHERE kept.order_id = named.id AND kept.body IS NOT NULL LIMIT :maxBodies) kept) AS bodies
    FROM (
      SELECT :orderId::text AS id WHERE :orderId::text IS NOT NULL
      UNION
      SELECT order_id FROM refund WHERE transaction_key = :transactionKey
    ) named
    JOIN invoice ON invoice.order_id = named.id
    LEFT JOIN payment ON payment.order_id = named.id
    WHERE payment.order_id IS NOT NULL OR invoice.status = 'DRAFT'`,
});

/** The same transmission twice is one row. */
export const STORE = statement('incoming-webhooks.store', {
  params: {
    ...{
      id: t.uuid,
      transmissionId: t.text,
      provider: t.text,
      type: t.text,
      about: t.oneOf<WebhookSubject>('WebhookSubject'),
    },
    ...{ body: t.text, bodyHash: t.text, data: t.json<unknown>() },
    ...{ orderId: t.nullable(t.text), providerRef: t.nullable(t.text), isUrgent: t.bool, retriedCount: t.int },
    ...{ transmittedAt: t.nullable(t.instant), now: t.instant },
  },
  row: { jobs: t.long },
  sql: `
    WITH stored AS (
      INSERT INTO incoming_webhook (id, transmission_id, provider, type, about, body, body_hash, data, order_id,
        provider_ref, is_urgent, retried_count, transmitted_at, next_try_at, created_at)
      VALUES (:id, :transmissionId, :provider, :type, :about, :body, :bodyHash, :data, :orderId,
        :providerRef, :isUrgent, :retriedCount, :transmittedAt, :now, :now)
      ON CONFLICT (transmission_id) DO NOTHING RETURNING id
    ), job AS (${enqueueFrom('stored', 'process-webhooks', 0)})
    SELECT count(*) AS jobs FROM job`,
});

/** The row is made due again: not at once, nor ever later than it was. */
export const MERGE = statement('incoming-webhooks.merge', {
  params: {
    ...{
      id: t.uuid,
      transmissionId: t.text,
      provider: t.text,
      type: t.text,
      about: t.oneOf<WebhookSubject>('WebhookSubject'),
    },
    bodyHash: t.text,
    ...{ orderId: t.nullable(t.text), isUrgent: t.bool, now: t.instant, soon: t.instant },
  },
  row: { jobs: t.long },
  sql: `
    WITH stored AS (
      INSERT INTO incoming_webhook AS mine (id, transmission_id, provider, type, about, body_hash, order_id, is_urgent,
        retried_count, next_try_at, created_at)
      VALUES (:id, :transmissionId, :provider, :type, :about, :bodyHash, :orderId, :isUrgent, 0, :now, :now)
      ON CONFLICT (transmission_id) DO UPDATE SET
        type = EXCLUDED.type, about = EXCLUDED.about, body_hash = EXCLUDED.body_hash, is_urgent = EXCLUDED.is_urgent,
        status = 'PENDING', attempts = 0, not_found_count = 0, note = NULL, processed_at = NULL,
        created_at = EXCLUDED.created_at,
        next_try_at = CASE WHEN mine.status = 'PENDING' AND mine.next_try_at <= :soon::timestamptz
          THEN mine.next_try_at ELSE :soon::timestamptz END
      RETURNING id
    ), job AS (${enqueueFrom('stored', 'process-webhooks', ORDER_INTERVAL_MS, 'process-merged-webhooks')})
    SELECT count(*) AS jobs FROM job`,
});
