import { describe, expect, it } from '@jest/globals';
import { type Driver, newKey, newOrder, onFile, paid } from './support.ts';

export function readContract(driver: Driver): void {
  describe('reads', () => {
    it('show a payment by its id and, where the provider can, by its order', async () => {
      const payment = await paid(driver());
      const { provider } = driver();
      const { providerRef, orderId } = payment;
      expect(await provider.retrieve({ providerRef, account: 'main' })).toEqual({ kind: 'found', payment });
      expect(await provider.retrieve({ providerRef })).toEqual({ kind: 'found', payment });
      if (provider.capabilities.findsByOrder)
        expect(await provider.findByOrder(orderId, 'main')).toEqual({ kind: 'found', payment });
    });

    it('say that a payment does not exist', async () => {
      const { provider } = driver();
      expect(await provider.retrieve({ providerRef: 'never-made' })).toEqual({ kind: 'not_found' });
      if (provider.capabilities.findsByOrder)
        expect(await provider.findByOrder(newOrder().orderId, 'main')).toEqual({ kind: 'not_found' });
    });

    it('try every account where it is not known whose payment it is, and else that one alone', async () => {
      const payment = await paid(driver());
      const { provider, fail } = driver();
      if (provider.merchantAccounts.length === 1) return;
      const { providerRef } = payment;
      await fail('retrieve', 'not_shown');
      expect(await provider.retrieve({ providerRef })).toEqual({ kind: 'found', payment });
      await fail('retrieve', 'not_shown');
      expect(await provider.retrieve({ providerRef, account: 'main' })).toEqual({ kind: 'not_found' });
    });

    it('list what moved, page by page, oldest first', async () => {
      const { provider } = driver();
      // A provider may read whole seconds only.
      await driver().advance(2_000);
      const from = await driver().now();
      const payments = [await paid(driver()), await paid(driver()), await paid(driver())];
      const to = new Date((await driver().now()).getTime() + 1_000);
      const page = async (after?: string) => {
        const answer = await provider.listTransactions({ account: 'main', from, to, limit: 2, after });
        if (answer.kind !== 'page') throw new Error(answer.code);
        return answer.rows.filter(({ orderId }) => payments.some((payment) => payment.orderId === orderId));
      };
      const first = await page();
      const second = await page(first.at(-1)!.id);
      expect([first.length, second.length]).toEqual([2, 1]);
      expect([...first, ...second]).toMatchObject(
        payments.map(({ providerRef, orderId, amount }) => ({ providerRef, orderId, amount, state: 'paid' })),
      );
      expect(first[0]!.at).toBeInstanceOf(Date);
    });
  });

  describe('payment methods', () => {
    it('are saved once per authorization, and shown masked', async () => {
      const customerRef = newKey();
      const authorization = await driver().authorizeMethod(customerRef);
      const request = { authorization, customerRef, idempotencyKey: newKey() };
      const saved = await driver().provider.savePaymentMethod(request);
      expect(saved).toMatchObject({ kind: 'saved', display: { cardNumber: expect.stringContaining('*') } });
      expect(await driver().provider.savePaymentMethod(request)).toEqual(saved);
      const again = await driver().provider.savePaymentMethod({ ...request, idempotencyKey: newKey() });
      expect(again.kind).toBe('declined');
    });

    it('are saved for the customer alone who authorized them', async () => {
      const authorization = await driver().authorizeMethod(newKey());
      const request = { authorization, customerRef: newKey(), idempotencyKey: newKey() };
      expect((await driver().provider.savePaymentMethod(request)).kind).not.toBe('saved');
    });

    it('are shown again when the answer is lost', async () => {
      const customerRef = newKey();
      const authorization = await driver().authorizeMethod(customerRef);
      const request = { authorization, customerRef, idempotencyKey: newKey() };
      await driver().fail('save', 'lost_answer');
      expect(await driver().provider.savePaymentMethod(request)).toMatchObject({ kind: 'unknown', answered: false });
      expect((await driver().provider.savePaymentMethod(request)).kind).toBe('saved');
    });

    it('are deleted as often as it is requested', async () => {
      const { reference } = await onFile(driver());
      expect(await driver().provider.deletePaymentMethod(reference)).toBeNull();
      expect(await driver().provider.deletePaymentMethod(reference)).toBeNull();
    });

    it('that cannot be deleted are not said to be gone', async () => {
      const { reference } = await onFile(driver());
      await driver().fail('charge', 'no_connection');
      expect(await driver().provider.deletePaymentMethod(reference)).toMatchObject({ answered: false });
      const { withWrongCredentials, provider } = driver();
      const error = await withWrongCredentials.deletePaymentMethod(reference);
      expect(error).toMatchObject({ answered: true });
      expect(provider.explain(error!.code).hint).toBe('credentials_refused');
    });
  });
}
