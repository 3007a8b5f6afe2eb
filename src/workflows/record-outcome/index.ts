/**
 * Owns: what an outcome of a payment means, and writing it with everything that goes with it.
 * Does not own: the tables (their modules), nor how the outcome was found (request-payment, sync-payment).
 * Always true: the same outcome again changes nothing; money that was taken for nothing goes back; unknown is not
 * failed.
 */
export { ChangesRepository, isContention } from './changes.repository.ts';
export { boughtBy, isOutdated, type Order } from './orders.ts';
export { type PaidPayment, paidChanges } from './paid.ts';
export { type Recorded, RecordOutcome } from './record-outcome.ts';
export { RecordOutcomeModule } from './record-outcome.module.ts';
