/**
 * Owns: polling the provider for payments whose outcome or deposit is awaited.
 * Does not own: what an outcome means (record-outcome).
 * Always true: a payment is polled until its outcome is known, or an operator is alerted; no instance's death stops it.
 */
export { PaymentPoller } from './payment-poller.ts';
export { PollPaymentsModule } from './poll-payments.module.ts';
