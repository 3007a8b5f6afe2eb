/**
 * Owns: comparing our records with the provider's, a day at a time, and the differences that operators resolve.
 * Does not own: how what the provider shows is recorded (workflows/sync-payment).
 * Always true: a payment that the provider has and we do not know is never dropped.
 */
export { RECONCILE_AT, Reconciler } from './reconciler.ts';
export { ReconciliationModule } from './reconciliation.module.ts';
