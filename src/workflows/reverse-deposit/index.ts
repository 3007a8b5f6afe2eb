/**
 * Owns: a deposit that the bank reverses: the payment waits again, and what it had paid for is revoked.
 * Does not own: finding out that a deposit was reversed (sync-payment), nor what is revoked (refund-payment).
 * Always true: a deposit of which a part was refunded is left to operators.
 */
export { ReverseDeposit } from './reverse-deposit.ts';
export { ReverseDepositModule } from './reverse-deposit.module.ts';
