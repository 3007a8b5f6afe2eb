/**
 * Owns: giving money back, and what goes with it.
 * Does not own: what a refund takes from a subscription or an event (subscriptions, events), nor net cancels (payments).
 * Always true: claim, call, settle. Of one payment one refund is asked for at a time, and never more than Toss holds; a cancel
 * that Toss shows is in the books once, whoever made it.
 */
export { RefundRecovery } from './recovery.ts';
export { RefundBooks } from './refund-books.ts';
export { RefundsModule } from './refunds.module.ts';
export { placeOfRefund } from './refund-account.ts';
