/**
 * Owns: how amounts are worked out: what a period, a change of plan and the next charge take, line by line. Pure.
 * Does not own: prices (catalog), agreements (subscriptions) and balances (customers); callers pass them in.
 * Always true: amounts are whole won. The lines add up to the amount; the amount and the balance that goes with it are
 * together what is bought.
 */
export { MIN_CHARGE, ordersNothing } from './balance-split.ts';
export { changeQuoteView } from './change-quote.view.ts';
export { type Line, type Price, price, total } from './lines.ts';
export { type NextCharge, nextCharge } from './next-charge.ts';
export { type Paid, prorate, share } from './proration.ts';
