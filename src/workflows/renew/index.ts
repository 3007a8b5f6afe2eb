/** Renews subscriptions by charging cards on file, and lets operators see, stop and release renewals. */
export { RenewalOperationsModule } from './renewal-operations.module.ts';
