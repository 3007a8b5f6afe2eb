/**
 * Owns: a buyer's way out of a first charge whose outcome is unknown.
 * Does not own: cancelling a renewal (cancel-subscription).
 * Always true: what a stopped first charge took goes back.
 */
export { StopPaymentModule } from './stop-payment.module.ts';
