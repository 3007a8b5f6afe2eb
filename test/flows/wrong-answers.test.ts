import { describe, expect, it } from '@jest/globals';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let make: Make;
let buyers = 0;

setupWorld((setup) => ({ world, make } = setup));

async function ordered() {
  const api = await make.buyer();
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order);
  const { orderId } = order;
  const settled = async (status: string) => {
    for (const wait of ['PT6S', 'PT10S', 'PT50S', 'PT5M']) await world.clock.advance(wait);
    return eventually(`order to be ${status}`, async () => {
      const { body } = await api.get(`/v1/payments/${orderId}`);
      return body.status === status && body;
    });
  };
  return { api, order, orderId, paymentKey, settled };
}

describe('a no to the second asking is not an answer to the first', () => {
  it('our key is refused, while Toss does not show the payment yet', async () => {
    const { api, order, orderId, paymentKey, settled } = await ordered();
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId });
    await world.simulator.fault({ on: 'confirm', kind: 'unauthorized', orderId });
    await world.simulator.fault({ on: 'get', kind: 'not_found_lag', orderId, times: 2 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    await settled('SUCCESS');
  });
});

describe('a no that Toss repeats for 15 days under the same key', () => {
  it('on confirm: the order can be tried again within minutes', async () => {
    const { api, order, orderId, paymentKey, settled } = await ordered();
    await world.simulator.fault({ on: 'confirm', kind: 'refuse', code: 'PROVIDER_ERROR', orderId });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    expect((await settled('FAILED')).failure.code).toBe('PROVIDER_ERROR');
    expect((await api.confirm(order, paymentKey)).status).toBe(200);
  });

  it('on a net cancel: it is asked again under another', async () => {
    const { api, order, orderId, paymentKey } = await ordered();
    await world.simulator.fault({ on: 'confirm', kind: 'wrong_amount', orderId });
    await world.simulator.fault({ on: 'cancel', kind: 'refuse', code: 'PROVIDER_ERROR', paymentKey });
    expect((await api.confirm(order, paymentKey)).body.code).toBe('PAYMENT_MISMATCH');
    await world.clock.advance('PT2M');
    await eventually(
      'the money to go back',
      async () =>
        (await world.simulator.books()).payments.find((payment) => payment.paymentKey === paymentKey)?.balanceAmount ===
        0,
    );
  });
});

describe('another payment key, while the money of a mismatched one is not back yet', () => {
  it('is looked into by itself', async () => {
    const { api, order, paymentKey, settled } = await ordered();
    await world.simulator.fault({ on: 'confirm', kind: 'wrong_amount', paymentKey });
    await world.simulator.fault({ on: 'cancel', kind: 'error_before', paymentKey });
    expect((await api.confirm(order, paymentKey)).body.code).toBe('PAYMENT_MISMATCH');
    const second = await world.simulator.authenticate(order);
    expect((await api.confirm(order, second)).status).toBe(202);
    // Toss never takes an order id again that it once approved.
    expect((await settled('FAILED')).failure.code).toBe('DUPLICATED_ORDER_ID');
  });
});

describe('somebody else’s payment', () => {
  it('is not cancelled for one who confirms their own order with its key', async () => {
    const foreign = { orderId: `another-shop-${++buyers}`, amount: 50_000 };
    const foreignKey = await world.simulator.authenticate(foreign);
    const toss = await fetch(`${world.simulator.url}/v1/payments/confirm`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${Buffer.from(`${world.settings.tossSecretKey}:`).toString('base64')}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ ...foreign, paymentKey: foreignKey }),
    });
    expect(toss.status).toBe(200);

    const { api, order } = await ordered();
    expect((await api.confirm(order, foreignKey)).status).toBe(402);
    const { payments } = await world.simulator.books(foreign.orderId);
    expect(payments).toMatchObject([{ status: 'DONE', balanceAmount: 50_000 }]);
    // Not ours, so not in our books: it leaves the comparison.
    await fetch(`${world.simulator.url}/_dashboard/cancel`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ paymentKey: foreignKey, cancelReason: 'x' }),
    });
  });
});

describe('one order', () => {
  it('is asked about at Toss twenty times at most', async () => {
    const { api, order, orderId } = await ordered();
    const codes = [];
    for (let times = 0; times < 22; times++)
      codes.push((await api.confirm(order, `made-up-${times}-${orderId}`)).body.code);
    expect(codes.slice(0, 20)).toEqual(Array(20).fill('PAYMENT_DECLINED'));
    expect(codes.slice(20)).toEqual(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS']);
    expect(await world.simulator.confirms(orderId)).toHaveLength(20);
  });
});

describe('one buyer', () => {
  it('may pay for many orders at the same moment', async () => {
    const api = await world.api.as('wholesale');
    const orders = await Promise.all(Array.from({ length: 20 }, () => api.order(1)));
    const keys = await Promise.all(orders.map((order) => world.simulator.authenticate(order)));
    const answers = await Promise.all(orders.map((order, index) => api.confirm(order, keys[index]!)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 202)).toEqual([]);
    await world.clock.advance('PT1M');
    const { data } = (await api.get('/v1/payments?status=SUCCESS&limit=100')).body;
    expect(data).toHaveLength(20);
  });
});

describe('the sandbox’s clock', () => {
  it('may go back, and what is unknown is still found out', async () => {
    const { api, order, orderId, paymentKey } = await ordered();
    await world.clock.advance('PT30M');
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId, times: 2 });
    // The order lives for an hour, the authentication for ten minutes: a new one.
    const key = await world.simulator.authenticate(order);
    expect((await api.confirm(order, key)).status).toBe(202);
    await world.clock.reset();
    await eventually(
      'the order to be paid',
      async () => (await api.get(`/v1/payments/${orderId}`)).body.status === 'SUCCESS',
    );
    expect(paymentKey).not.toBe(key);
  });

  it('refuses what no calendar holds', async () => {
    for (const move of [
      { advance: 'P999999999D' },
      { advance: '-P1D' },
      { set: '9999-01-01T00:00:00Z' },
      { set: 'tomorrow' },
      {},
    ]) {
      expect((await world.api.post('/v1/sandbox/clock', move)).status).toBe(400);
    }
  });
});
