import { v7 as uuid } from 'uuid';
import type { Settings } from '../config.ts';
import { statement, t, type Values } from '../platform/database/index.ts';
import type { NewEvent } from './event-catalogue.ts';

/** The columns of outgoing_event that its writer sets. */
export const eventColumns = {
  uuid: t.uuid,
  type: t.text,
  userId: t.text,
  subscriptionId: t.nullable(t.uuid),
  orderId: t.nullable(t.text),
  data: t.json<object>(),
  status: t.text,
  nextTryAt: t.nullable(t.instant),
  createdAt: t.instant,
};
type EventRow = Values<typeof eventColumns>;

/** The rows of events, in the order in which they are delivered. Without a receiver they are only kept. */
export function eventRows(
  events: readonly NewEvent[],
  now: Date,
  { outboundWebhook }: Pick<Settings, 'outboundWebhook'>,
): EventRow[] {
  const due = outboundWebhook ? { status: 'PENDING', nextTryAt: now } : { status: 'KEPT', nextTryAt: null };
  return events.map(({ type, userId, subscriptionId = null, orderId = null, data }) => ({
    ...{ uuid: uuid(), type, userId, subscriptionId, orderId, data },
    ...due,
    createdAt: now,
  }));
}

/**
 * To keep their order, the transaction must have locked the subscription or the payment that the events are about
 * before.
 */
export const WRITE_EVENTS = statement('outgoing-events.write', {
  params: { events: t.rows(eventColumns) },
  row: {},
  sql: `
    INSERT INTO outgoing_event (uuid, type, user_id, subscription_id, order_id, data, status, next_try_at, created_at)
    SELECT uuid, type, user_id, subscription_id, order_id, data, status::"OutgoingEventStatus", next_try_at, created_at
    FROM jsonb_to_recordset(:events::jsonb) AS event (
      uuid uuid, type text, user_id text, subscription_id uuid, order_id text, data jsonb, status text,
      next_try_at timestamptz, created_at timestamptz)`,
});
