import type { RefundStatus } from '../platform/database/index.ts';

/** What can happen to a refund that was requested here. */
export type RefundEvent = 'refunded' | 'failed';

/** Which event leads from which status to which. A refund that the provider made without us begins as REFUNDED. */
const TRANSITIONS = {
  PENDING: { refunded: 'REFUNDED', failed: 'FAILED' },
  REFUNDED: {},
  // What the provider shows later of a failed refund is recorded as a refund of its own.
  FAILED: {},
} satisfies Record<RefundStatus, Partial<Record<RefundEvent, RefundStatus>>>;

const TABLE: Record<RefundStatus, Partial<Record<RefundEvent, RefundStatus>>> = TRANSITIONS;
export const REFUND_STATUSES = Object.keys(TABLE) as RefundStatus[];

/** What an event makes of a refund. null: it cannot happen in this status */
export function nextRefundStatus(status: RefundStatus, event: RefundEvent): RefundStatus | null {
  return TABLE[status][event] ?? null;
}

/** The statuses in which an event can happen: every write of a status is conditional on them. */
export function refundStatusesBefore(event: RefundEvent): RefundStatus[] {
  return REFUND_STATUSES.filter((status) => nextRefundStatus(status, event) !== null);
}
