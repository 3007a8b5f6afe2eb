import { describe, expect, it } from '@jest/globals';
import { outcomeOf, refusalIn } from '../../../src/providers/index.ts';
import { approved, type Driver, movementsOf, newKey, newOrder, paid, shown } from './support.ts';

export function confirmContract(driver: Driver): void {
  const confirm = (request: { orderId: string; amount: number; providerRef: string; idempotencyKey?: string }) =>
    driver().provider.confirm({ idempotencyKey: newKey(), ...request });

  describe('confirm', () => {
    it('takes the money that the buyer authenticated', async () => {
      const order = newOrder();
      const providerRef = await driver().authenticate(order);
      expect(outcomeOf(await shown(driver(), providerRef))).toEqual({ kind: 'open' });
      const payment = approved(await confirm({ ...order, providerRef }));
      expect(payment).toMatchObject({ ...order, providerRef, state: 'paid', balance: order.amount, refunds: [] });
      expect(payment.approvedAt).toBeInstanceOf(Date);
      expect(payment).toMatchObject({ currency: 'KRW', failure: null, deposit: null });
      expect(await shown(driver(), providerRef)).toEqual(payment);
    });

    it('approves no payment that the buyer has not authenticated', async () => {
      const order = newOrder();
      const providerRef = await driver().open(order);
      expect((await confirm({ ...order, providerRef })).kind).not.toBe('approved');
      expect(await movementsOf(driver(), order.orderId)).toEqual([]);
    });

    it('approves no other amount than the buyer saw', async () => {
      const order = newOrder();
      const providerRef = await driver().authenticate(order);
      expect((await confirm({ ...order, amount: order.amount + 1, providerRef })).kind).not.toBe('approved');
      expect(await movementsOf(driver(), order.orderId)).toEqual([]);
    });

    it('is the same payment when it is repeated under its idempotency key', async () => {
      const order = newOrder();
      const request = { ...order, providerRef: await driver().authenticate(order), idempotencyKey: newKey() };
      const first = approved(await confirm(request));
      expect(approved(await confirm(request))).toEqual(first);
      expect(await movementsOf(driver(), order.orderId)).toMatchObject([{ state: 'paid', amount: order.amount }]);
    });

    it('is still the same payment at the end of the lifetime of idempotency keys', async () => {
      const order = newOrder();
      const request = { ...order, providerRef: await driver().authenticate(order), idempotencyKey: newKey() };
      const first = approved(await confirm(request));
      await driver().advance(driver().provider.capabilities.idempotencyLifetimeMs - 60_000);
      expect(approved(await confirm(request)).providerRef).toBe(first.providerRef);
      expect(await movementsOf(driver(), order.orderId)).toHaveLength(1);
    });

    it('says that an idempotency key was used for another payment', async () => {
      const [order, other] = [newOrder(), newOrder()];
      const idempotencyKey = newKey();
      await confirm({ ...order, providerRef: await driver().authenticate(order), idempotencyKey });
      const outcome = await confirm({ ...other, providerRef: await driver().authenticate(other), idempotencyKey });
      expect(outcome).toMatchObject({ kind: 'unknown', hint: 'other_payment' });
      expect(await movementsOf(driver(), other.orderId)).toEqual([]);
    });

    it('takes nothing twice for one order', async () => {
      const order = newOrder();
      await paid(driver(), order);
      const second = await driver().authenticate(order);
      expect(refusalIn(await confirm({ ...order, providerRef: second }))?.hint).toBe('order_used_up');
      expect(await movementsOf(driver(), order.orderId)).toHaveLength(1);
    });

    it('is refused after the confirm window', async () => {
      const order = newOrder();
      const providerRef = await driver().authenticate(order);
      await driver().advance(driver().provider.capabilities.confirmWindowMs);
      expect((await confirm({ ...order, providerRef })).kind).toBe('declined');
      expect(outcomeOf(await shown(driver(), providerRef)).kind).toBe('declined');
    });

    it('that the bank declines takes nothing, and says why', async () => {
      const order = newOrder();
      const providerRef = await driver().authenticate(order);
      await driver().fail('confirm', 'declined_by_bank');
      const outcome = await confirm({ ...order, providerRef });
      expect(outcome).toMatchObject({
        kind: 'declined',
        reason: 'declined',
        error: { message: expect.stringMatching(/./) },
      });
      expect(outcomeOf(await shown(driver(), providerRef)).kind).toBe('declined');
      expect(await movementsOf(driver(), order.orderId)).toEqual([]);
    });

    it('with credentials that are refused is declined, and says so', async () => {
      const order = newOrder();
      const providerRef = await driver().authenticate(order);
      const outcome = await driver().withWrongCredentials.confirm({ ...order, providerRef, idempotencyKey: newKey() });
      expect(outcome).toMatchObject({ kind: 'declined', reason: 'configuration', hint: 'credentials_refused' });
    });
  });

  describe('a payment by deposit', () => {
    it('waits for the deposit, then is paid', async () => {
      if (driver().provider.capabilities.depositMethods.length === 0) return;
      const order = newOrder();
      const waiting = await paid(driver(), order, 'deposit');
      expect(waiting).toMatchObject({ state: 'waiting_for_deposit', approvedAt: null, deposit: { isExpired: false } });
      expect(waiting.deposit?.accountNumber).toMatch(/\d/);
      expect(driver().provider.capabilities.depositMethods).toContain(waiting.display.method);
      await driver().payDeposit(order.orderId);
      const after = await shown(driver(), waiting.providerRef);
      expect(after).toMatchObject({ state: 'paid', balance: order.amount });
      expect(after.approvedAt).toBeInstanceOf(Date);
    });
  });
}
