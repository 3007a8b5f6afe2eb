import { DAY, HOUR, MINUTE, SECOND } from '../platform/time/duration.ts';

/** Waits before an event is processed again whose payment could not be retrieved; then it is an operator's turn. */
const RETRY_DELAYS_MS = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR];

/** Until then the instance that claimed an event is done with it, or has died. */
export const LEASE_MS = 45 * SECOND;

/** However many webhooks come, one instance sends requests to the provider no more often than this, */
export const REQUEST_INTERVAL_MS = 50;
/** and about one order no more often than that. */
export const ORDER_INTERVAL_MS = SECOND;

/** So often the provider says that it has no such payment before it is believed. */
export const MAX_NOT_FOUND = 2;

/** Long after Toss's last retry, and any dispute about a payment of the quarter. */
export const KEPT_FOR_MS = 100 * DAY;
/** What only type, time and hash are kept of. */
export const DIGEST_KEPT_FOR_MS = 3 * DAY;

/** When an event is processed again that has been tried so often; null when it is an operator's turn. */
export function nextTryAt(attempts: number, now: Date): Date | null {
  const delay = RETRY_DELAYS_MS[attempts - 1];
  return delay === undefined ? null : new Date(now.getTime() + delay);
}
