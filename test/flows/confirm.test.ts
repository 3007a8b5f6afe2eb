import { describe, expect, it } from '@jest/globals';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { World } from '../support/world.ts';

let world: World;
let make: Make;
const buyer = () => make.buyer();

setupWorld((setup) => ({ world, make } = setup));

describe('a buyer who pays', () => {
  it('holds an active subscription for a month', async () => {
    const api = await buyer();
    const order = await api.order(1);
    expect(order).toMatchObject({
      amount: 9900,
      currency: 'KRW',
      orderName: '베이직',
      clientKey: world.settings.tossClientKey,
    });

    const answer = await api.confirm(order, await world.simulator.authenticate(order));

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      title: '결제 성공',
      paymentMethod: expect.stringContaining('카드'),
      payment: {
        orderId: order.orderId,
        planId: 1,
        amount: 9900,
        refundedAmount: 0,
        status: 'SUCCESS',
        method: '카드',
        failure: null,
        virtualAccount: null,
      },
      subscription: { planId: 1, isActive: true, cancelAtPeriodEnd: false, plan: { name: '베이직' } },
    });
    const { body: current } = await api.get('/v1/subscriptions/me');
    expect(current).toEqual(answer.body.subscription);
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toEqual(answer.body.payment);
    expect((await api.get(`/v1/temp-orders/${order.orderId}`)).body.code).toBe('ORDER_NOT_FOUND');
    for (const table of ['payment', 'payment_attempt']) {
      const requested = `SELECT provider, merchant_account FROM ${table} WHERE order_id = $1`;
      expect(await world.database.query(requested, [order.orderId])).toEqual([
        { provider: 'toss', merchant_account: 'main' },
      ]);
    }
  });

  it('may send the amount as Toss’s own samples do, as a decimal string', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const answer = await api.confirm(order, await world.simulator.authenticate(order), { amount: '9900' });
    expect(answer).toMatchObject({ status: 200, body: { payment: { amount: 9900, status: 'SUCCESS' } } });
    const other = await api.order(1);
    const paymentKey = await world.simulator.authenticate(other);
    expect(await api.confirm(other, paymentKey, { amount: '9901' })).toMatchObject({
      status: 400,
      body: { code: 'AMOUNT_MISMATCH' },
    });
  });

  it('gets the same answer as often as they ask, and Toss is asked once', async () => {
    const api = await buyer();
    const order = await api.order(2);
    const paymentKey = await world.simulator.authenticate(order);
    const first = await api.confirm(order, paymentKey);
    const second = await api.confirm(order, paymentKey);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });

  it('who buys the same plan again has its months added at the end', async () => {
    const api = await buyer();
    const bought = [];
    for (let times = 0; times < 3; times++) {
      const order = await api.order(1);
      bought.push((await api.confirm(order, await world.simulator.authenticate(order))).body.subscription);
    }
    expect(new Set(bought.map(({ id }) => id)).size).toBe(1);
    expect(new Set(bought.map(({ startDate }) => startDate)).size).toBe(1);
    const ends = bought.map(({ endDate }) => new Date(endDate).getTime());
    expect(ends[0]).toBeLessThan(ends[1]!);
    expect(ends[1]).toBeLessThan(ends[2]!);
  });

  it('gives to an event what they named, and gets no subscription', async () => {
    const api = await buyer();
    const before = (await api.get('/v1/events')).body.data[0].totalAmount;
    const order = await api.order(3, 50_000);
    const { status, body } = await api.confirm(order, await world.simulator.authenticate(order));
    expect(status).toBe(200);
    expect(body.subscription).toBeNull();
    expect((await api.get('/v1/events')).body.data).toEqual([
      { planId: 3, name: '이벤트', totalAmount: before + 50_000, currency: 'KRW' },
    ]);
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
  });

  it('by virtual account is told where to pay, and is granted nothing yet', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const { status, body } = await api.confirm(
      order,
      await world.simulator.authenticate(order, { method: '가상계좌' }),
    );
    expect(status).toBe(200);
    expect(body.payment).toMatchObject({ status: 'WAITING_FOR_DEPOSIT', method: '가상계좌', approvedAt: null });
    expect(body.payment.virtualAccount).toMatchObject({
      accountNumber: expect.any(String),
      bank: expect.any(String),
      dueDate: expect.any(String),
    });
    expect(body.subscription).toBeNull();
  });
});

describe('a confirm is refused', () => {
  it('with another amount than the order’s, before Toss is called', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const { status, body, headers } = await api.confirm({ ...order, amount: 100 }, paymentKey);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'AMOUNT_MISMATCH', status: 400, requestId: headers.get('x-request-id') });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
  });

  it('for no order, or somebody else’s', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const stranger = await buyer();
    expect(await stranger.confirm(order, 'whatever-key')).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_FOUND' },
    });
    expect(await api.confirm({ orderId: 'no-such-order', amount: 9900 }, 'whatever-key')).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_FOUND' },
    });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
  });

  it('when user or plan, if said, do not agree with the order', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    expect(await api.confirm(order, paymentKey, { userId: 'somebody-else' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'userId' }] },
    });
    expect(await api.confirm(order, paymentKey, { planId: 2 })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'planId' }] },
    });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
    expect(await api.confirm(order, paymentKey, { userId: api.userId, planId: 1 })).toMatchObject({
      status: 200,
    });
  });

  it('when the order is paid, with another payment key', async () => {
    const api = await buyer();
    const order = await api.order(1);
    await api.confirm(order, await world.simulator.authenticate(order));
    const { status, body } = await api.confirm(order, 'another-payment-key');
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'ORDER_ALREADY_PAID' });
  });

  it('when the payment key paid another order', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await api.confirm(order, paymentKey);
    const second = await api.order(1);
    expect(await api.confirm(second, paymentKey)).toMatchObject({ status: 409, body: { code: 'PAYMENT_KEY_USED' } });
  });

  it('when the bank says no, in Toss’s own words; another payment key may then pay', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const declinedKey = await world.simulator.authenticate(order);
    await world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      code: 'REJECT_CARD_PAYMENT',
      paymentKey: declinedKey,
    });
    const no = await api.confirm(order, declinedKey);
    expect(no).toMatchObject({
      status: 402,
      body: {
        code: 'PAYMENT_DECLINED',
        toss: { code: 'REJECT_CARD_PAYMENT', message: expect.stringContaining('한도초과') },
      },
    });
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'REJECT_CARD_PAYMENT' },
    });
    // Asked again with the spent key, we answer by ourselves.
    expect((await api.confirm(order, declinedKey)).body.toss).toEqual(no.body.toss);

    const yes = await api.confirm(order, await world.simulator.authenticate(order));
    expect(yes).toMatchObject({ status: 200, body: { payment: { status: 'SUCCESS', failure: null } } });
    const keys = (await world.simulator.confirms(order.orderId)).map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  it('when the order ran out', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await world.clock.advance('PT61M');
    expect(await api.confirm(order, paymentKey)).toMatchObject({ status: 410, body: { code: 'ORDER_EXPIRED' } });
    expect(await api.get(`/v1/temp-orders/${order.orderId}`)).toMatchObject({ status: 410 });
    await world.clock.reset();
  });
});
