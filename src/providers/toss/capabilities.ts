import type { Capabilities } from '../provider.port.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What Toss can do, and within which limits. */
export const TOSS_CAPABILITIES: Capabilities = {
  // Toss forgets an idempotency key on day 15 (docs: using-api/authorization). A day is left for clocks and retries.
  idempotencyLifetimeMs: 14 * DAY_MS,
  findsByOrder: true,
  depositMethods: ['가상계좌'],
  // By card (BELOW_MINIMUM_AMOUNT).
  leastAmount: 100,
  // Of two cancels of one payment within a second Toss refuses the second (docs: cancelling a payment).
  pauseBetweenRefundsMs: 1_100,
  // A confirm is possible for 10 minutes after the buyer authenticated, and may take half a minute to be answered.
  confirmWindowMs: 11 * MINUTE_MS,
};
