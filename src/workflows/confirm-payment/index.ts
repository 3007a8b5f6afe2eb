/**
 * Owns: taking the money for an order that a buyer confirms, and orders of 0 won.
 * Does not own: what an outcome means (record-outcome), nor orders before they are confirmed (temp-orders).
 * Always true: begin the attempt, call the provider, record the outcome. Of any number at once, one calls.
 */
export type { Confirmed } from './confirmed.ts';
export { ConfirmPaymentModule } from './confirm-payment.module.ts';
export { confirmView, viewConfirmed } from './confirmed.view.ts';
export { declinedProblem } from './declined.ts';
export { FROM_BALANCE, paidFromBalance } from './free-orders.ts';
