/**
 * Owns: giving back at the provider what should not have been taken (망취소), however often it must be requested.
 * Does not own: deciding that money was taken for nothing (record-outcome), nor refunds that an operator requests.
 * Always true: a void is committed before it is requested, and tried until the provider shows that nothing is left.
 */
export { Voids } from './voids.ts';
export { VoidPaymentModule } from './void-payment.module.ts';
