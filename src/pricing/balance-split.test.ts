import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amountToCharge, amountToOrder, ordersNothing } from './balance-split.ts';

const due = fc.integer({ min: 0, max: 10_000_000 });
const price = fc.integer({ min: 100, max: 10_000_000 });
const balance = fc.oneof(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: -10_000_000, max: 10_000_000 }));

describe('an order', () => {
  it.each([
    ['no balance', 9_900, 0, { amount: 9_900, balanceUsed: 0 }],
    ['a part of it', 9_900, 5_000, { amount: 4_900, balanceUsed: 5_000 }],
    ['all of it: nothing is charged', 9_900, 9_900, { amount: 0, balanceUsed: 9_900 }],
    ['more than it', 9_900, 50_000, { amount: 0, balanceUsed: 9_900 }],
    ['all but less than the provider charges', 9_900, 9_850, { amount: 100, balanceUsed: 9_800 }],
    ['what the buyer owes, which they pay with it', 9_900, -5_000, { amount: 14_900, balanceUsed: -5_000 }],
  ])('with %s', (_, of, available, split) => {
    expect(amountToOrder(of, available)).toEqual(split);
  });

  it('asks for nothing or for at least 100 won, and amount and balance make up what is due', () => {
    fc.assert(
      fc.property(due, balance, (of, available) => {
        const { amount, balanceUsed } = amountToOrder(of, available);
        expect(amount === 0 || amount >= 100).toBe(true);
        expect(amount + balanceUsed).toBe(of);
        if (!ordersNothing(of, available) && available >= 0) expect(balanceUsed).toBeLessThanOrEqual(available);
      }),
    );
  });
});

describe('a charge of a card on file', () => {
  it('is never more than the price, whatever the buyer owes', () => {
    fc.assert(
      fc.property(price, balance, (of, available) => {
        const { amount, balanceUsed } = amountToCharge(of, available);
        expect(amount).toBeLessThanOrEqual(of);
        expect(balanceUsed).toBeGreaterThanOrEqual(0);
        expect(balanceUsed).toBeLessThanOrEqual(Math.max(available, 0));
      }),
    );
  });
});
