import { t, type Values } from '../platform/database/index.ts';
import type { WebhookSubject } from '../providers/index.ts';
import { queue } from '../platform/jobs/index.ts';
import { ORDER_INTERVAL_MS } from './webhook-schedule.ts';

/** Of a claimed event, what it is processed by. */
export const claimedColumns = {
  id: t.uuid,
  about: t.oneOf<WebhookSubject>('WebhookSubject'),
  body: t.nullable(t.text),
  data: t.nullable(t.json<unknown>()),
  orderId: t.nullable(t.text),
  providerRef: t.nullable(t.text),
  attempts: t.int,
  notFoundCount: t.int,
  createdAt: t.instant,
};

/** An event that this instance processes until its lease ends. */
export type ClaimedEvent = Values<typeof claimedColumns> & { leaseUntil: Date };

/**
 * Events of open orders go first, then those that have waited longest. An order that was retrieved a moment ago has to
 * wait.
 */
export const WEBHOOKS_TO_PROCESS = queue({
  name: 'incoming-webhooks',
  table: 'incoming_webhook',
  key: 'id',
  due: 'next_try_at',
  row: claimedColumns,
  order: 'is_urgent DESC, next_try_at, id',
  spacing: `NOT EXISTS (
    SELECT FROM incoming_webhook lately WHERE lately.order_id = mine.order_id
      AND lately.processed_at > :now - interval '${ORDER_INTERVAL_MS} ms' AND lately.processed_at <= :now)`,
  writes: 'attempts = attempts + 1',
  rewind: 'UPDATE incoming_webhook SET processed_at = :now WHERE processed_at > :now',
});
