import { describe, expect, it } from '@jest/globals';
import { outcomeOf, refusalIn } from '../../../src/providers/index.ts';
import type { Failure } from '../provider-driver.ts';
import { approved, type Driver, movementsOf, newKey, newOrder, onFile, shown } from './support.ts';

/** What a request is worth whose answer is missing or decides nothing. */
export function failureContract(driver: Driver): void {
  const request = async () => {
    const order = newOrder();
    return { ...order, providerRef: await driver().authenticate(order), idempotencyKey: newKey() };
  };

  describe('a confirm whose answer is missing', () => {
    it.each<[Failure, 'paid' | 'open']>([
      ['no_connection', 'open'],
      ['server_error', 'open'],
      ['lost_answer', 'paid'],
      ['late_answer', 'paid'],
      ['garbled_answer', 'paid'],
    ])('after %s is unknown; the payment is shown as %s', async (failure, state) => {
      const confirm = await request();
      await driver().fail('confirm', failure);
      const outcome = await driver().provider.confirm(confirm);
      expect(outcome).toMatchObject({ kind: 'unknown', answered: false });
      expect(refusalIn(outcome)).toBeUndefined();
      expect((await shown(driver(), confirm.providerRef)).state).toBe(state);
    });

    it('says whether it was waited for', async () => {
      const [lost, late] = [await request(), await request()];
      await driver().fail('confirm', 'lost_answer');
      expect(await driver().provider.confirm(lost)).toMatchObject({ hint: 'no_answer' });
      await driver().fail('confirm', 'late_answer');
      expect(await driver().provider.confirm(late)).toMatchObject({ hint: 'timed_out' });
    });

    it('is repeated under its idempotency key, and takes nothing twice', async () => {
      for (const failure of ['no_connection', 'server_error', 'lost_answer', 'garbled_answer'] as const) {
        const confirm = await request();
        await driver().fail('confirm', failure);
        await driver().provider.confirm(confirm);
        expect(approved(await driver().provider.confirm(confirm)).providerRef).toBe(confirm.providerRef);
        expect(await movementsOf(driver(), confirm.orderId)).toHaveLength(1);
      }
    });

    it('says that the first request is at work still', async () => {
      const confirm = await request();
      await driver().fail('confirm', 'late_answer');
      await driver().provider.confirm(confirm);
      const again = await driver().provider.confirm(confirm);
      expect(again).toMatchObject({ kind: 'unknown', hint: 'in_progress' });
      expect(refusalIn(again)).toBeUndefined();
    });
  });

  describe('a refusal that the provider does not document', () => {
    it('is unknown, and comes with its words', async () => {
      const confirm = await request();
      await driver().fail('confirm', 'undocumented_refusal');
      const outcome = await driver().provider.confirm(confirm);
      expect(outcome).toMatchObject({ kind: 'unknown', answered: true, undocumented: { code: expect.any(String) } });
      expect(refusalIn(outcome)).toMatchObject({ kind: 'declined', reason: 'unknown' });
      expect(outcomeOf(await shown(driver(), confirm.providerRef)).kind).toBe('open');
    });
  });

  describe('a charge whose answer is missing', () => {
    it.each<Failure>(['no_connection', 'lost_answer', 'late_answer', 'garbled_answer', 'server_error'])(
      'after %s is unknown',
      async (failure) => {
        const method = await onFile(driver());
        await driver().fail('charge', failure);
        const charge = { ...newOrder(), orderName: '베이직', method, idempotencyKey: newKey() };
        expect(await driver().provider.charge(charge)).toMatchObject({ kind: 'unknown', answered: false });
      },
    );
  });

  describe('a read that fails', () => {
    it.each<Failure>(['no_connection', 'server_error', 'garbled_answer'])('after %s is unknown', async (failure) => {
      const { provider, fail } = driver();
      const { orderId, providerRef } = await request();
      const unknown = { kind: 'unknown', answered: false };
      await fail('retrieve', failure);
      expect(await provider.retrieve({ providerRef, account: 'main' })).toMatchObject(unknown);
      if (provider.capabilities.findsByOrder) {
        await fail('retrieve', failure);
        expect(await provider.findByOrder(orderId, 'main')).toMatchObject(unknown);
      }
      await fail('list', failure);
      const range = { from: new Date(0), to: new Date(86_400_000), limit: 10 };
      expect(await provider.listTransactions({ account: 'main', ...range })).toMatchObject({ kind: 'unknown' });
    });

    it('with credentials that are refused never says that a payment does not exist', async () => {
      const { providerRef } = await request();
      const retrieval = await driver().withWrongCredentials.retrieve({ providerRef });
      expect(retrieval).toMatchObject({ kind: 'unknown', hint: 'credentials_refused' });
    });
  });
}
