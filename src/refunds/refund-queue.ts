import { t } from '../platform/database/index.ts';
import { queue } from '../platform/jobs/index.ts';
import { CAPABILITIES } from '../providers/index.ts';

const PAUSE = `interval '${CAPABILITIES.pauseBetweenRefundsMs} milliseconds'`;

/**
 * Refunds that are to be requested, or whose outcome is unknown. Of one payment one goes at a time, the oldest first,
 * and a moment after the one before: the provider refuses two that follow too closely.
 */
export const REFUNDS_TO_REQUEST = queue({
  name: 'refunds-to-request',
  table: 'refund',
  key: 'id',
  due: 'next_try_at',
  row: { id: t.uuid },
  ready: `NOT EXISTS (
    SELECT FROM refund earlier
    WHERE earlier.order_id = mine.order_id AND earlier.next_try_at IS NOT NULL AND earlier.id < mine.id)`,
  spacing: `NOT EXISTS (
    SELECT FROM refund lately
    WHERE lately.order_id = mine.order_id AND lately.id <> mine.id
      AND (lately.requested_at BETWEEN :now - ${PAUSE} AND :now
        OR lately.completed_at BETWEEN :now - ${PAUSE} AND :now))`,
  rewind: `UPDATE refund SET requested_at = :now WHERE status = 'PENDING' AND requested_at > :now`,
});
