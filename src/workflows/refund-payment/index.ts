/**
 * Owns: giving money back, in phases: begin, request, record; and revoking what the money had paid for.
 * Does not own: the tables (refunds, payments, subscriptions, events, customers), nor voids (void-payment).
 * Always true: of one payment one refund is requested at a time, and never more than the provider holds; a refund that
 * the provider shows is recorded once.
 */
export { RecordRefunds } from './record-refunds.ts';
export { RefundPaymentModule } from './refund-payment.module.ts';
export { RefundPoller } from './refund-poller.ts';
export { RevokeOrder } from './revoke-order.ts';
