/**
 * Owns: how amounts are worked out: what a change of plan credits and charges, and what a balance leaves to pay. Pure.
 * Does not own: prices (catalog), agreements (subscriptions) and balances (customers); callers pass them in.
 * Always true: amounts are whole won. An amount and the balance that goes with it are together what is bought.
 */
export { amountToCharge, amountToOrder, MIN_CHARGE, ordersNothing, type Split } from './balance-split.ts';
export { type Cycles, type Paid, prorate, type Proration, share } from './proration.ts';
