/**
 * Owns: comparing our books with Toss's, a day at a time, and the differences that operators work off.
 * Does not own: how what Toss shows gets into the books (news).
 * Always true: a payment that Toss has and we do not know is never dropped.
 */
export { RECONCILE_AT, Reconciler } from './reconciler.ts';
export { ReconciliationModule } from './reconciliation.module.ts';
