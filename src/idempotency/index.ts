/**
 * Owns: the `Idempotency-Key` of our own API.
 * Does not own: the idempotency keys that we send to a provider; those belong to each attempt.
 * Always true: one key and body is processed once and answered the same for 24 hours.
 */
export { Idempotent } from './idempotency.interceptor.ts';
export { IdempotencyModule } from './idempotency.module.ts';
export { IdempotencyService } from './idempotency.service.ts';
