/**
 * Owns: an operator's way to end a payment whose outcome stays unknown.
 * Does not own: what the outcome means (record-outcome).
 * Always true: what the provider shows counts before what the operator says.
 */
export { ResolvePaymentModule } from './resolve-payment.module.ts';
