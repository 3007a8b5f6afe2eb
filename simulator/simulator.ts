import type { Authenticator, RateLimit } from './auth.ts';
import type { BillingKeys } from './billing-keys.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Idempotency } from './idempotency.ts';
import type { RequestLog } from './request-log.ts';
import type { SimulatorOptions } from './settings.ts';
import type { Store } from './store.ts';
import type { Webhooks } from './webhooks.ts';

/** The parts of a running simulator. */
export interface Simulator {
  options: SimulatorOptions;
  clock: Clock;
  store: Store;
  billingKeys: BillingKeys;
  authenticator: Authenticator;
  rateLimit: RateLimit;
  idempotency: Idempotency;
  faults: Faults;
  webhooks: Webhooks;
  requests: RequestLog;
  /** Aborted at shutdown, which ends the delays of slow faults. */
  closing: AbortController;
}
