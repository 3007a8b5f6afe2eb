/**
 * The least amount that is ordered or charged, in won: no provider takes less (capabilities.leastAmount; Toss: 100).
 */
export const MIN_CHARGE = 100;

/** An amount to pay, and what of the balance goes with it; together they are what is bought. In won. */
interface Split {
  amount: number;
  /** Negative: what the buyer owed and pays now. */
  balanceUsed: number;
}

/**
 * What an order of `due` won charges the buyer, given their available balance (negative: they owe). The buyer sees the
 * amount and pays it themselves, so what they owe is part of it.
 *
 * @returns 0 where the balance covers it; else at least the provider's least charge
 */
export function amountToOrder(due: number, available: number): Split {
  const amount = available >= due ? 0 : Math.max(due - available, MIN_CHARGE);
  return { amount, balanceUsed: due - amount };
}

/** What a card on file is charged for a period of `price` won: never more than the price that was agreed. */
export function amountToCharge(price: number, available: number): Split {
  return amountToOrder(price, Math.max(available, 0));
}

/** Too little to pay, even with what the buyer owes: the balance takes the difference instead. */
export function ordersNothing(due: number, available: number): boolean {
  return due < MIN_CHARGE && due - available < MIN_CHARGE;
}
