import { t, type Values } from '../platform/database/index.ts';
import { queue } from '../platform/jobs/index.ts';

/** An outgoing event that is to be sent now. */
const claimed = {
  id: t.long,
  uuid: t.uuid,
  type: t.text,
  userId: t.text,
  subscriptionId: t.nullable(t.uuid),
  orderId: t.nullable(t.text),
  data: t.json<object>(),
  createdAt: t.instant,
  tries: t.int,
  triesBefore: t.int,
};
export type ClaimedEvent = Values<typeof claimed> & { leaseUntil: Date };

/**
 * An event waits until every earlier one about the same subscription, or the same payment, is delivered or given up.
 * One that is sent again, long after its turn, does not wait.
 */
export const EVENTS_TO_DELIVER = queue({
  name: 'outgoing-events',
  table: 'outgoing_event',
  key: 'id',
  due: 'next_try_at',
  row: claimed,
  order: 'next_try_at, id',
  ready: `mine.status <> 'PENDING' OR NOT EXISTS (
      SELECT FROM outgoing_event earlier
      WHERE earlier.subscription_id = mine.subscription_id AND earlier.status = 'PENDING' AND earlier.id < mine.id
    ) AND (mine.type NOT LIKE 'payment.%' OR NOT EXISTS (
      SELECT FROM outgoing_event earlier
      WHERE earlier.order_id = mine.order_id AND earlier.type LIKE 'payment.%'
        AND earlier.status = 'PENDING' AND earlier.id < mine.id))`,
  writes: 'last_tried_at = :now, tries = tries + 1',
});
