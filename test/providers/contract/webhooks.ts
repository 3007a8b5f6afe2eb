import { describe, expect, it } from '@jest/globals';
import type { WebhookExample } from '../provider-driver.ts';
import type { Driver } from './support.ts';

export function webhookContract(driver: Driver, examples: readonly WebhookExample[]): void {
  describe('a webhook', () => {
    it.each(examples.map(({ name, ...example }) => [name, example] as const))(
      '%s says what to retrieve',
      (_, { body, hint }) => {
        const none = { orderId: null, providerRef: null, refundRef: null, deletedMethod: null, depositSecret: null };
        const nothing = { ...none, state: null, balance: null };
        expect(driver().provider.parseWebhook(body)).toEqual({ ...nothing, ...hint });
      },
    );

    it.each([null, undefined, 'text', 7, []])('that is %j cannot be read', (body) => {
      expect(driver().provider.parseWebhook(body)).toBeNull();
    });

    it.each<[unknown]>([[{}], [{ data: 'text' }], [{ data: { orderId: { a: 1 } } }], [{ eventType: 'toString' }]])(
      'of no known form is about nothing: %j',
      (body) => {
        expect(driver().provider.parseWebhook(body)).toMatchObject({
          about: 'other',
          orderId: null,
          providerRef: null,
        });
      },
    );
  });

  describe('a code', () => {
    it('that the provider does not document means nothing', () => {
      const meaning = { reason: 'unknown', hint: null, message: null };
      expect(driver().provider.explain('SURELY_NO_CODE_OF_ANY_PROVIDER')).toEqual(meaning);
    });
  });
}
