/**
 * Owns: everything that is recorded about one order, for an operator who has to explain it.
 * Does not own: any of the records.
 */
export { PaymentHistoryModule } from './payment-history.module.ts';
