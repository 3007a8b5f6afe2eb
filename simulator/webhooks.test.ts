import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Merchant } from './merchant.ts';

interface Received {
  // oxlint-disable-next-line no-explicit-any
  body: any;
  headers: Record<string, unknown>;
}

let merchant: Merchant;
let receiver: Server;
let responseStatus = 200;
let received: Received[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      received.push({ body: JSON.parse(text), headers: request.headers });
      response.writeHead(responseStatus).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  merchant = await Merchant.of({ webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/toss` });
});
beforeEach(() => {
  received = [];
  responseStatus = 200;
});
afterAll(async () => {
  await merchant.simulator.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const deliver = () => merchant.call('POST', '/_webhooks/deliver');
const sent = () => received.map(({ body }) => [body.eventType ?? 'DEPOSIT_CALLBACK', body.data?.status ?? body.status]);

test('a card payment: DONE once, with the whole Payment, its secret and the headers', async () => {
  const { paymentKey } = await merchant.paid();
  const { json } = await merchant.call('GET', `/v1/payments/${paymentKey}`);
  await deliver();
  expect(received).toHaveLength(1);
  expect(received[0]?.body).toEqual({
    eventType: 'PAYMENT_STATUS_CHANGED',
    createdAt: expect.stringMatching(/^\S{19}\.\d{6}$/),
    data: json,
  });
  expect(received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'tosspayments-webhook-transmission-retried-count': '0',
    'tosspayments-webhook-transmission-id': expect.stringMatching(/^whtrans_a01/),
    'tosspayments-webhook-transmission-time': expect.stringMatching(/\+09:00$/),
  });
});

test('a virtual account has two webhooks, except when it is issued and when its deposit is reversed', async () => {
  const { orderId, paymentKey } = await merchant.paid({ method: '가상계좌' });
  await deliver();
  expect(sent()).toEqual([['DEPOSIT_CALLBACK', 'WAITING_FOR_DEPOSIT']]);
  expect(Object.keys(received[0]?.body).sort()).toEqual(['createdAt', 'orderId', 'secret', 'status', 'transactionKey']);
  await merchant.call('POST', '/_deposits', { orderId });
  await deliver();
  await merchant.call('POST', '/_deposits/revert', { orderId });
  await deliver();
  await merchant.cancel(paymentKey, {});
  await deliver();
  expect(sent().slice(1).sort()).toEqual([
    ['DEPOSIT_CALLBACK', 'CANCELED'],
    ['DEPOSIT_CALLBACK', 'DONE'],
    ['DEPOSIT_CALLBACK', 'WAITING_FOR_DEPOSIT'],
    ['PAYMENT_STATUS_CHANGED', 'CANCELED'],
    ['PAYMENT_STATUS_CHANGED', 'DONE'],
  ]);
});

test('expiry, decline and dashboard cancel have webhooks; the window and a due date do not', async () => {
  await merchant.buyer();
  const declined = await merchant.buyer();
  await merchant.fault({ on: 'confirm', kind: 'decline', orderId: declined.orderId });
  await merchant.confirm(declined);
  const paid = await merchant.paid();
  await merchant.call('POST', '/_dashboard/cancel', { paymentKey: paid.paymentKey });
  await deliver();
  await merchant.advanceClock(10 * 60_000 + 1);
  await deliver();
  expect(
    sent()
      .map(([, status]) => status)
      .sort(),
  ).toEqual(['ABORTED', 'CANCELED', 'DONE', 'EXPIRED']);
});

test('a webhook is retried seven times, after 1 to 4096 minutes, and then fails; a resend starts again', async () => {
  responseStatus = 500;
  const { orderId } = await merchant.paid();
  await deliver();
  for (const minutes of [1, 4, 16, 64, 256, 1024, 4096]) {
    const before = received.length;
    await merchant.advanceClock(minutes * 60_000 - 5000);
    await deliver();
    expect(received).toHaveLength(before);
    await merchant.advanceClock(6000);
    await deliver();
    expect(received).toHaveLength(before + 1);
  }
  expect(received.map(({ headers }) => headers['tosspayments-webhook-transmission-retried-count'])).toEqual([
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
  const [webhook] = (await merchant.call('GET', `/_webhooks?orderId=${orderId}`)).json;
  expect(webhook).toMatchObject({ state: 'failed', tries: 8, lastStatus: 500 });
  responseStatus = 200;
  await merchant.call('POST', `/_webhooks/${webhook.id}/resend`);
  await deliver();
  expect((await merchant.call('GET', `/_webhooks?orderId=${orderId}`)).json[0]).toMatchObject({
    state: 'delivered',
    tries: 1,
  });
});

test('201 is no success', async () => {
  responseStatus = 201;
  const { orderId } = await merchant.paid();
  await deliver();
  expect((await merchant.call('GET', `/_webhooks?orderId=${orderId}`)).json[0]).toMatchObject({
    state: 'pending',
    lastStatus: 201,
  });
});

test.each([
  ['duplicate', 2],
  ['drop', 0],
  ['late', 0],
  ['reorder', 1],
  ['forge', 2],
])('fault %s', async (kind, arrived) => {
  const opened = await merchant.buyer();
  await merchant.fault({ on: 'webhook', kind, orderId: opened.orderId, delayMs: 60_000 });
  await merchant.confirm(opened);
  await deliver();
  const mine = () => received.filter(({ body }) => body.data.orderId === opened.orderId);
  expect(mine()).toHaveLength(arrived);
  if (kind === 'forge') expect(new Set(mine().map(({ body }) => body.data.secret)).size).toBe(2);
  if (kind !== 'late') return;
  await merchant.advanceClock(60_001);
  await deliver();
  expect(mine()).toHaveLength(1);
});

test('reorder lets the next one pass', async () => {
  const opened = await merchant.buyer();
  await merchant.fault({ on: 'webhook', kind: 'reorder', orderId: opened.orderId, delayMs: 60_000 });
  await merchant.confirm(opened);
  await merchant.cancel(opened.paymentKey, {});
  await deliver();
  expect(sent()).toEqual([
    ['PAYMENT_STATUS_CHANGED', 'CANCELED'],
    ['PAYMENT_STATUS_CHANGED', 'DONE'],
  ]);
});

test('a receiver that hangs delays no response of the API', async () => {
  await merchant.call('POST', '/_webhooks/url', { url: 'http://127.0.0.1:9/' });
  const started = Date.now();
  await merchant.paid();
  expect(Date.now() - started).toBeLessThan(1000);
});
