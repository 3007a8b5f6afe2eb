import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerContract } from './provider-contract.ts';
import type { WebhookExample } from './provider-driver.ts';
import { startToss } from './toss-driver.ts';

const folder = join(import.meta.dirname, '../fixtures/toss');

function example(file: string, hint: WebhookExample['hint']): WebhookExample {
  return { name: hint.type!, body: JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')), hint };
}

providerContract({
  name: 'Toss',
  start: startToss,
  webhooks: [
    example('22-webhook-payment-status-changed', {
      about: 'payment',
      type: 'PAYMENT_STATUS_CHANGED',
      orderId: 'a4CWyWY5m89PNh7xJwhk1',
      providerRef: '5EnNZRJGvaBX7zk2yd8ydw26XvwXkLrx9POLqKQjmAw4b0e1',
      state: 'paid',
      balance: 1_000,
    }),
    example('23-webhook-deposit-callback', {
      about: 'deposit',
      type: 'DEPOSIT_CALLBACK',
      orderId: 'EbUYmJ4Q9EANnTWta8dok',
      depositSecret: 'DmKQbGzQQcVE3UoFNqWxL',
      state: 'paid',
    }),
    example('24-webhook-deposit-callback-2026', {
      about: 'deposit',
      type: 'DEPOSIT_CALLBACK',
      orderId: 'O220260319170925876',
      depositSecret: 'ps_LkKEypNArWdRengm2gYL8lmeaxYG',
      state: 'paid',
    }),
    example('25-webhook-cancel-status-changed', {
      about: 'refund',
      type: 'CANCEL_STATUS_CHANGED',
      refundRef: '090A796806E726BBB929F4A2CA7DB9A7',
    }),
    example('26-webhook-billing-deleted', {
      about: 'payment_method',
      type: 'BILLING_DELETED',
      deletedMethod: 'wm60xF900HXZRzReBluSSgJriVX7d7rS0oyslw4zRwg',
    }),
    example('27-webhook-method-updated', { about: 'other', type: 'METHOD_UPDATED' }),
    example('28-webhook-customer-status-changed', { about: 'other', type: 'CUSTOMER_STATUS_CHANGED' }),
    example('29-webhook-payout-changed', { about: 'other', type: 'payout.changed' }),
    example('30-webhook-seller-changed', { about: 'other', type: 'seller.changed' }),
  ],
});
