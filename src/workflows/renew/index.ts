/**
 * Owns: charging what is due: deciding, beginning the attempts, and rounds of charges.
 * Does not own: what a charge costs (pricing), what a decline means (subscriptions).
 * Always true: a card is charged once per period, after its notice, and never for more than was agreed.
 */
export { RenewModule } from './renew.module.ts';
export { Renewals } from './renewals.ts';
export { RenewalOperationsModule } from './renewal-operations.module.ts';
