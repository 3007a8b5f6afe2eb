/**
 * Owns: the way of everything that the provider shows of a payment into our records.
 * Does not own: how it was learned that there is something to retrieve (webhooks, reconciliation).
 * Always true: only what the provider shows when it is retrieved is recorded; the order in which it comes does not
 * matter.
 */
export { SyncPayment, type Synced } from './sync-payment.ts';
export { SyncPaymentModule } from './sync-payment.module.ts';
