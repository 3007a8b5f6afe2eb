import { describe, expect, it } from '@jest/globals';
import { refusalIn } from '../../../src/providers/index.ts';
import { approved, type Driver, movementsOf, newKey, newOrder, paid, shown } from './support.ts';

export function refundContract(driver: Driver): void {
  const refund = (providerRef: string, more: { amount?: number; refundableAmount?: number; idempotencyKey?: string }) =>
    driver().provider.refund({ providerRef, reason: '고객 요청', idempotencyKey: newKey(), ...more });

  describe('refund', () => {
    it('gives back a part, then the rest', async () => {
      const { providerRef } = await paid(driver(), newOrder(10_000));
      const part = approved(await refund(providerRef, { amount: 4_000, refundableAmount: 10_000 }));
      expect(part).toMatchObject({ state: 'partially_refunded', balance: 6_000 });
      expect(part.refunds).toMatchObject([{ amount: 4_000, reason: '고객 요청', state: 'done' }]);
      expect(part.refunds[0]!.refundedAt).toBeInstanceOf(Date);
      await driver().advance(driver().provider.capabilities.pauseBetweenRefundsMs);
      const whole = approved(await refund(providerRef, {}));
      expect(whole.balance).toBe(0);
      expect(whole.refunds.map(({ amount }) => amount)).toEqual([4_000, 6_000]);
      expect(new Set(whole.refunds.map((each) => each.providerRef)).size).toBe(2);
    });

    it('gives back all at once', async () => {
      const { providerRef, orderId, amount } = await paid(driver());
      expect(approved(await refund(providerRef, {}))).toMatchObject({ state: 'canceled', balance: 0 });
      expect(await movementsOf(driver(), orderId)).toMatchObject([{ state: 'paid' }, { state: 'canceled', amount }]);
    });

    it('gives back nothing more than is left', async () => {
      const { providerRef, amount } = await paid(driver());
      expect(refusalIn(await refund(providerRef, { amount: amount + 1 }))).toBeDefined();
      expect(await shown(driver(), providerRef)).toMatchObject({ balance: amount, refunds: [] });
    });

    it('gives back nothing where another amount is left than we believe', async () => {
      const { providerRef, amount } = await paid(driver());
      const refused = refusalIn(await refund(providerRef, { amount: 1_000, refundableAmount: amount - 1 }));
      expect(refused?.hint).toBe('needs_new_key');
      expect(await shown(driver(), providerRef)).toMatchObject({ balance: amount, refunds: [] });
    });

    it('is made once when it is repeated under its idempotency key', async () => {
      const { providerRef } = await paid(driver(), newOrder(10_000));
      const request = { amount: 4_000, idempotencyKey: newKey() };
      const first = approved(await refund(providerRef, request));
      expect(approved(await refund(providerRef, request))).toEqual(first);
      expect(await shown(driver(), providerRef)).toMatchObject({ balance: 6_000 });
    });

    it('is made once when its answer is lost', async () => {
      const { providerRef } = await paid(driver(), newOrder(10_000));
      const request = { amount: 4_000, idempotencyKey: newKey() };
      await driver().fail('refund', 'lost_answer');
      expect(await refund(providerRef, request)).toMatchObject({ kind: 'unknown', answered: false });
      approved(await refund(providerRef, request));
      expect((await shown(driver(), providerRef)).refunds).toHaveLength(1);
    });

    it('that comes within the pause is made under another idempotency key after it', async () => {
      const { pauseBetweenRefundsMs } = driver().provider.capabilities;
      if (pauseBetweenRefundsMs === 0) return;
      const { providerRef } = await paid(driver(), newOrder(10_000));
      approved(await refund(providerRef, { amount: 1_000 }));
      expect(refusalIn(await refund(providerRef, { amount: 2_000 }))?.hint).toBe('needs_new_key');
      await driver().advance(pauseBetweenRefundsMs);
      expect(approved(await refund(providerRef, { amount: 2_000 }))).toMatchObject({ balance: 7_000 });
    });

    it('that the bank is unable to make says so', async () => {
      const { providerRef, amount } = await paid(driver());
      await driver().fail('refund', 'bank_unable');
      expect(await refund(providerRef, {})).toMatchObject({ kind: 'unknown', hint: 'bank_unable' });
      expect(await shown(driver(), providerRef)).toMatchObject({ balance: amount });
    });

    it('of a deposit goes to the account that the buyer names', async () => {
      if (driver().provider.capabilities.depositMethods.length === 0) return;
      const { orderId, providerRef } = await paid(driver(), newOrder(), 'deposit');
      await driver().payDeposit(orderId);
      expect(refusalIn(await refund(providerRef, {}))).toBeDefined();
      const { refundAccount } = driver();
      const request = { providerRef, reason: '고객 요청', idempotencyKey: newKey(), refundAccount };
      expect(approved(await driver().provider.refund(request))).toMatchObject({ balance: 0 });
    });
  });

  describe('void', () => {
    const voided = (providerRef: string, idempotencyKey = newKey()) =>
      driver().provider.void({ providerRef, reason: '승인된 결제가 주문과 다름', idempotencyKey });

    it('gives back all that is left, once', async () => {
      const { providerRef } = await paid(driver(), newOrder(10_000));
      approved(await refund(providerRef, { amount: 4_000 }));
      await driver().advance(driver().provider.capabilities.pauseBetweenRefundsMs);
      const key = newKey();
      expect(approved(await voided(providerRef, key))).toMatchObject({ balance: 0 });
      expect(approved(await voided(providerRef, key)).refunds).toHaveLength(2);
    });

    it('of what was given back before is refused as done', async () => {
      const { providerRef } = await paid(driver());
      approved(await voided(providerRef));
      await driver().advance(driver().provider.capabilities.pauseBetweenRefundsMs);
      expect(refusalIn(await voided(providerRef))?.reason).toBe('done');
      expect((await shown(driver(), providerRef)).refunds).toHaveLength(1);
    });

    it('closes the account of a deposit that nobody made', async () => {
      if (driver().provider.capabilities.depositMethods.length === 0) return;
      const { providerRef } = await paid(driver(), newOrder(), 'deposit');
      expect(approved(await voided(providerRef))).toMatchObject({ state: 'canceled', approvedAt: null });
    });
  });
}
