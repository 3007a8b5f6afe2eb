/**
 * Owns: charging cards on file: the first time, and again when a period ends.
 * Does not own: what Toss's answer means (payments), nor the time that was paid for (subscriptions).
 * Always true: one series of attempts per subscription and period; nobody is charged for more than a period a day, nor for more
 * than they agreed to.
 */
export { Renewals } from './renewals.ts';
export { RenewalNotices } from './notices.ts';
export { RenewalsModule } from './renewals.module.ts';
