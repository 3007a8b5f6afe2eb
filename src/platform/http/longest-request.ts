import type { Settings } from '../../config.ts';

/** Transactions that wait for a row, connections that come free, the event loop of a busy machine. */
const OVERHEAD_MS = 60_000;

/** How long a request may take at most: a subscribe waits for two calls of a card's charge, and writes in between. */
export function longestRequestMs(settings: Pick<Settings, 'tossTimeoutMs' | 'billingTimeoutMs'>): number {
  return 2 * Math.max(settings.tossTimeoutMs, settings.billingTimeoutMs) + OVERHEAD_MS;
}
