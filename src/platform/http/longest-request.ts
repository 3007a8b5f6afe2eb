import type { Settings } from '../../config.ts';

/** Waits for locks, for connections of the pool and for a busy event loop. */
const OVERHEAD_MS = 60_000;

/** The longest time a request may take: a subscribe makes two requests to the provider, and writes in between. */
export function longestRequestMs(settings: Pick<Settings, 'tossTimeoutMs' | 'billingTimeoutMs'>): number {
  return 2 * Math.max(settings.tossTimeoutMs, settings.billingTimeoutMs) + OVERHEAD_MS;
}
