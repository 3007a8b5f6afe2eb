import { describe, expect, it } from '@jest/globals';
import { MIN_CHARGE } from '../../../src/pricing/index.ts';
import { type Outcome, refusalIn } from '../../../src/providers/index.ts';
import { verdictOf } from '../../../src/subscriptions/index.ts';
import { approved, type Driver, movementsOf, newKey, newOrder, onFile } from './support.ts';

/** What the dunning policy makes of a first charge that was declined. */
function verdictOn(outcome: Outcome) {
  if (outcome.kind !== 'declined') throw new Error(`${outcome.kind}, not declined`);
  const { error, reason, hint = null } = outcome;
  return verdictOf({ code: error.code, reason, hint, attempt: 1 });
}

export function chargeContract(driver: Driver): void {
  const newCharge = async () => ({
    ...newOrder(),
    orderName: '베이직',
    method: await onFile(driver()),
    idempotencyKey: newKey(),
  });

  describe('charge', () => {
    it('takes money from a payment method on file', async () => {
      const charge = await newCharge();
      const { orderId, amount } = charge;
      const payment = approved(await driver().provider.charge(charge));
      expect(payment).toMatchObject({ orderId, amount, balance: amount, state: 'paid' });
      const { providerRef } = payment;
      const found = await driver().provider.retrieve({ providerRef, account: 'billing' });
      expect(found).toEqual({ kind: 'found', payment });
      expect(await driver().provider.retrieve({ providerRef })).toEqual(found);
    });

    it('is the same payment when it is repeated under its idempotency key', async () => {
      const charge = await newCharge();
      const first = approved(await driver().provider.charge(charge));
      expect(approved(await driver().provider.charge(charge))).toEqual(first);
      expect(await movementsOf(driver(), charge.orderId)).toHaveLength(1);
    });

    it('is made once when its answer is lost', async () => {
      const charge = await newCharge();
      await driver().fail('charge', 'lost_answer');
      expect((await driver().provider.charge(charge)).kind).toBe('unknown');
      approved(await driver().provider.charge(charge));
      expect(await movementsOf(driver(), charge.orderId)).toHaveLength(1);
    });

    it('takes nothing twice for one order', async () => {
      const charge = await newCharge();
      approved(await driver().provider.charge(charge));
      const again = await driver().provider.charge({ ...charge, idempotencyKey: newKey() });
      expect(refusalIn(again)?.hint).toBe('order_used_up');
      expect(await movementsOf(driver(), charge.orderId)).toHaveLength(1);
    });

    it('that the bank declines may be approved another day', async () => {
      const charge = await newCharge();
      await driver().fail('charge', 'declined_by_bank');
      const outcome = await driver().provider.charge(charge);
      expect(outcome).toMatchObject({ kind: 'declined', reason: 'declined' });
      expect(verdictOn(outcome)).toBe('later');
      expect(await movementsOf(driver(), charge.orderId)).toEqual([]);
      approved(await driver().provider.charge({ ...charge, idempotencyKey: newKey() }));
    });

    it('of a payment method that was deleted, never saved or is another customer’s needs another one', async () => {
      const charge = await newCharge();
      const { method } = charge;
      const other = await onFile(driver());
      const methods = [
        { ...method, reference: 'never-saved' },
        { ...method, customerRef: other.customerRef },
      ];
      expect(await driver().provider.deletePaymentMethod(other.reference)).toBeNull();
      for (const unusable of [...methods, other]) {
        const outcome = await driver().provider.charge({ ...charge, method: unusable, idempotencyKey: newKey() });
        expect(verdictOn(outcome)).toBe('another_card');
      }
      expect(await movementsOf(driver(), charge.orderId)).toEqual([]);
    });

    it('takes the least amount, and nothing below it', async () => {
      const { leastAmount } = driver().provider.capabilities;
      expect(leastAmount).toBeLessThanOrEqual(MIN_CHARGE);
      const least = { ...(await newCharge()), amount: leastAmount };
      expect(approved(await driver().provider.charge(least)).amount).toBe(leastAmount);
      const below = { ...(await newCharge()), amount: leastAmount - 1 };
      expect((await driver().provider.charge(below)).kind).toBe('declined');
    });

    it('with credentials that are refused is no fault of the card', async () => {
      const outcome = await driver().withWrongCredentials.charge(await newCharge());
      expect(outcome).toMatchObject({ kind: 'declined', hint: 'credentials_refused' });
      expect(verdictOn(outcome)).toBe('credentials_refused');
    });
  });
}
