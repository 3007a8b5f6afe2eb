import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let operator: Api;
let buyers = 0;

beforeAll(async () => {
  world = await createWorld();
  operator = await world.api.as('op-7', 'operator');
});
afterAll(() => world.close());

async function paid(method = '카드') {
  const api = await world.api.as(`buyer-${++buyers}`);
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order, { method });
  const { status, body } = await api.confirm(order, paymentKey);
  expect(status).toBe(200);
  return { api, orderId: order.orderId, paymentKey, amount: order.amount, body };
}

describe('a buyer’s refunds', () => {
  it('stand in the payment, oldest first, also when it is confirmed again', async () => {
    const { api, orderId, paymentKey, amount, body } = await paid();
    expect(body.payment.refunds).toEqual([]);
    for (const part of [1_000, 2_000]) {
      expect((await operator.post('/v1/refunds', { orderId, reason: '부분 환불', amount: part })).status).toBe(201);
      await world.clock.advance('PT5S');
    }
    const refunds = [1_000, 2_000].map((part) => ({
      amount: part,
      status: 'REFUNDED',
      createdAt: expect.stringMatching(/Z$/),
    }));
    const payment = (await api.get(`/v1/payments/${orderId}`)).body;
    expect(payment).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: 3_000 });
    expect(payment.refunds).toEqual(refunds);
    expect((await api.get('/v1/payments')).body.data[0].refunds).toEqual(refunds);
    expect((await api.confirm({ orderId, amount }, paymentKey)).body.payment.refunds).toEqual(refunds);
  });

  it('are listed to the buyer, and no other’s are', async () => {
    const [mine, other] = [await paid(), await paid()];
    for (const { orderId } of [mine, other])
      await operator.post('/v1/refunds', { orderId, reason: '고객 요청', amount: 1_000 });
    const { body } = await mine.api.get('/v1/refunds');
    expect(body.data).toHaveLength(1);
    // Who of our staff it was is no business of the buyer's.
    expect(body.data[0]).toMatchObject({
      orderId: mine.orderId,
      amount: 1_000,
      status: 'REFUNDED',
      requestedBy: 'operator',
    });
    expect((await mine.api.get(`/v1/refunds?orderId=${mine.orderId}&status=REFUNDED`)).body.data).toEqual(body.data);
    expect((await mine.api.get('/v1/refunds?status=FAILED')).body.data).toEqual([]);
    expect((await mine.api.get(`/v1/refunds?orderId=${other.orderId}`)).body.data).toEqual([]);
    const [{ id }] = (await operator.get(`/v1/refunds?orderId=${other.orderId}`)).body.data;
    expect(await mine.api.get(`/v1/refunds/${id}`)).toMatchObject({ status: 404, body: { code: 'REFUND_NOT_FOUND' } });
    expect((await other.api.get(`/v1/refunds/${id}`)).body).toMatchObject({ id, requestedBy: 'operator' });
    expect((await operator.get(`/v1/refunds/${id}`)).body).toMatchObject({ id, requestedBy: 'op-7' });
    expect((await world.api.get('/v1/refunds')).status).toBe(401);
  });

  it('are still asked for by operators alone', async () => {
    const { api, orderId } = await paid();
    expect((await api.post('/v1/refunds', { orderId, reason: '그냥' })).status).toBe(403);
    expect((await api.get(`/v1/payments/${orderId}/refund-quote`)).status).toBe(403);
    const { id } = (await operator.post('/v1/refunds', { orderId, reason: '고객 요청' })).body.refund;
    expect((await api.post(`/v1/refunds/${id}/give-up`, { reason: '그냥' })).status).toBe(403);
  });
});

describe('what it was paid with', () => {
  it('is never left out of a paid payment', async () => {
    const { api, orderId } = await paid();
    await world.database.query(
      `UPDATE payment SET method = NULL, issuer_code = NULL, easy_pay_provider = NULL WHERE order_id = '${orderId}'`,
    );
    expect((await api.get(`/v1/payments/${orderId}`)).body.paymentMethod).toBe('알 수 없음');
    expect((await api.get(`/v1/payments/${orderId}`, { 'Accept-Language': 'en' })).body.paymentMethod).toBe('Unknown');
    const closed = await api.order(1);
    await world.api.get(`/v1/payments/fail/${closed.orderId}?code=PAY_PROCESS_CANCELED`);
    expect((await api.get(`/v1/payments/${closed.orderId}`)).body).toMatchObject({
      status: 'FAILED',
      paymentMethod: null,
    });
  });

  it('by phone, shows operators the number that was charged, masked', async () => {
    const { orderId, body } = await paid('휴대폰');
    expect(body).toMatchObject({
      paymentMethod: '휴대폰',
      payment: { method: '휴대폰', receiptUrl: expect.stringMatching(/^https:/) },
    });
    expect((await operator.get(`/v1/payments/${orderId}/story`)).body.payment).toMatchObject({
      cardNumber: null,
      mobilePhone: '010****1234',
    });
    const [stored] = await world.database.query<{ mobile_phone: string }>(
      `SELECT mobile_phone FROM payment WHERE order_id = '${orderId}'`,
    );
    expect(stored!.mobile_phone).toBe('010****1234');
  });
});
