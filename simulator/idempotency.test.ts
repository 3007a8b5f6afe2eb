import { Merchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await Merchant.of();
});
afterAll(() => merchant.simulator.close());

test('the first response is replayed byte for byte, whatever the body', async () => {
  const opened = await merchant.buyer();
  const first = await merchant.confirm(opened, `key-${opened.orderId}`);
  const again = await merchant.confirm(opened, `key-${opened.orderId}`);
  expect(again.text).toBe(first.text);
  expect(again.headers.get('idempotency-key')).toBe(`key-${opened.orderId}`);
  expect(again.headers.get('x-tosspayments-trace-id')).toContain(`, ${first.headers.get('x-tosspayments-trace-id')}`);
  const other = await merchant.buyer();
  const mistaken = await merchant.confirm(other, `key-${opened.orderId}`);
  expect(mistaken.text).toBe(first.text);
  expect((await merchant.ledger(other.orderId)).payments[0].status).toBe('IN_PROGRESS');
});

test('a 4xx is replayed even when the request is right now; another key is another request', async () => {
  const opened = await merchant.buyer();
  expect((await merchant.confirm({ ...opened, amount: 1 }, `k4-${opened.orderId}`)).status).toBe(400);
  expect((await merchant.confirm(opened, `k4-${opened.orderId}`)).status).toBe(400);
  expect((await merchant.confirm(opened, `k5-${opened.orderId}`)).status).toBe(200);
});

test('409 while the first is running, the result afterwards', async () => {
  const opened = await merchant.buyer();
  await merchant.fault({ on: 'confirm', kind: 'slow', orderId: opened.orderId, delayMs: 300 });
  const first = merchant.confirm(opened, `k-${opened.orderId}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await merchant.confirm(opened, `k-${opened.orderId}`)).toMatchObject({
    status: 409,
    json: { code: 'IDEMPOTENT_REQUEST_PROCESSING' },
  });
  const { text } = await first;
  expect((await merchant.confirm(opened, `k-${opened.orderId}`)).text).toBe(text);
});

test('the scope is the URL too, and a cancel keyed twice gives back once', async () => {
  const one = await merchant.paid();
  const two = await merchant.paid();
  const first = await merchant.cancel(one.paymentKey, { cancelAmount: 1000 }, 'cancel-key');
  expect((await merchant.cancel(one.paymentKey, { cancelAmount: 1000 }, 'cancel-key')).text).toBe(first.text);
  expect((await merchant.cancel(two.paymentKey, { cancelAmount: 1000 }, 'cancel-key')).json.paymentKey).toBe(
    two.paymentKey,
  );
  expect((await merchant.ledger(one.orderId)).payments[0].balanceAmount).toBe(9000);
});

test('after 15 days the key is new again', async () => {
  const opened = await merchant.buyer();
  await merchant.confirm(opened, 'old');
  await merchant.advanceClock(15 * 24 * 3_600_000 - 10_000);
  expect((await merchant.confirm(opened, 'old')).status).toBe(200);
  await merchant.advanceClock(20_000);
  expect((await merchant.confirm(opened, 'old')).json.code).toBe('ALREADY_PROCESSED_PAYMENT');
});

test.each([
  [false, 200],
  [true, 500],
])('a 5xx is replayed only when switched on (%s)', async (replay5xx, status) => {
  const other = await Merchant.of({ replay5xx });
  const opened = await other.buyer();
  await other.fault({ on: 'confirm', kind: 'error_before' });
  expect((await other.confirm(opened, 'k')).status).toBe(500);
  const again = await other.confirm(opened, 'k');
  await other.simulator.close();
  expect(again.status).toBe(status);
});
