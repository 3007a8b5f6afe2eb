/**
 * Owns: charging cards on file: the first time, and again when a period ends.
 * Does not own: what Toss's answer means (payments), nor the time that was paid for (subscriptions).
 * Always true: of one subscription and period one order is open or paid. A card is charged for at most one period a day, never
 * for more than was agreed, never for more than was announced unless past due, and never for a debt.
 */
export { Renewals } from './renewals.ts';
export { RenewalsModule } from './renewals.module.ts';
