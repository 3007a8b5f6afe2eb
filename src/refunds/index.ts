/**
 * Owns: refunds: what was requested of a provider to give back, and what became of it; what of a payment can be
 * refunded.
 * Does not own: requesting a refund and recording its outcome (workflows/refund-payment), nor voids (payments).
 * Always true: a refund and its idempotency key are committed before the provider is called; a provider refund has
 * one row.
 */
export { matchRefunds, type Match } from './match-refunds.ts';
export { masked, RefundAccounts, SEALED_REFUND_ACCOUNTS } from './refund-account.ts';
export { REFUNDS_TO_REQUEST } from './refund-queue.ts';
export { idempotencyKeyOf, type RefundFailure, RefundRepository, REQUESTED_AT_PROVIDER } from './refund.repository.ts';
export { refundView, viewRefund } from './refund.view.ts';
export { type Refundability, refundability } from './refundability.ts';
export { RefundsModule } from './refunds.module.ts';
export { RefundsService } from './refunds.service.ts';
