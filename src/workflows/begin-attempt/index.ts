/**
 * Owns: beginning an attempt to take money, and reading one again with all that its outcome is decided by.
 * Does not own: the request to the provider (request-payment), nor the outcome (record-outcome).
 * Always true: an attempt is committed with its idempotency key before the provider is called; of any number at once
 * for one order, one begins.
 */
export type { Attempt } from './attempt.ts';
export { AttemptRepository, type ConfirmRequest, MAX_ATTEMPTS, type NewCharge } from './attempt.repository.ts';
export { BeginAttemptModule } from './begin-attempt.module.ts';
