import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let buyers = 0;
const buyer = () => world.api.as(`buyer-${++buyers}`);
const location = (headers: Headers) => new URL(headers.get('location')!);

beforeAll(async () => {
  world = await createWorld({ checkoutSuccessUrl: 'https://shop.example/done?lang=ko', checkoutFailUrl: 'https://shop.example/sorry' });
});
afterEach(() => expectBooksToAgree(world));
afterAll(() => world.close());

describe('Toss sends the buyer’s browser to successUrl', () => {
  it('the payment is confirmed, and the browser goes on to the shop', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const target = new URL(order['successUrl'] as string);
    target.search = new URLSearchParams({ paymentType: 'NORMAL', paymentKey, orderId: order.orderId, amount: '9900' }).toString();

    const { status, headers } = await world.api.get(target.pathname + target.search);
    expect(status).toBe(303);
    expect(location(headers).origin + location(headers).pathname).toBe('https://shop.example/done');
    expect(Object.fromEntries(location(headers).searchParams)).toEqual({ lang: 'ko', orderId: order.orderId, amount: '9900', paymentKey });
    expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
    // A reload changes nothing.
    expect(location((await world.api.get(target.pathname + target.search)).headers).hostname).toBe('shop.example');
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });

  it('with another amount, nothing is taken', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const { status, headers } = await world.api.get(`/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=100`);
    expect(status).toBe(303);
    expect(location(headers).pathname).toBe('/sorry');
    expect(Object.fromEntries(location(headers).searchParams)).toMatchObject({ code: 'AMOUNT_MISMATCH', orderId: order.orderId });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
  });

  it('and the bank says no: the shop is told why', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({ on: 'confirm', kind: 'decline', code: 'REJECT_CARD_COMPANY', orderId: order.orderId });
    const { headers } = await world.api.get(`/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=9900`);
    expect(Object.fromEntries(location(headers).searchParams)).toEqual({ code: 'PAYMENT_DECLINED', tossCode: 'REJECT_CARD_COMPANY', message: '결제 승인이 거절되었습니다.', orderId: order.orderId });
  });

  it('and nobody knows yet: the success page is told that it is pending', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId: order.orderId, times: 2 });
    const { headers } = await world.api.get(`/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=9900`);
    expect(location(headers).pathname).toBe('/done');
    expect(location(headers).searchParams.get('status')).toBe('PENDING');
    await api.post('/v1/sandbox/clock', { advance: 'PT20S' });
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
  });

  it.each(['', '?paymentKey=k', '?paymentKey=k&orderId=%00&amount=1', '?paymentKey=k&orderId=no-such-order&amount=1e400', '?paymentKey=a&paymentKey=b&orderId=x&amount=1'])('nonsense (%s) ends on the fail page', async (query) => {
    const { status, headers } = await world.api.get(`/v1/payments/success${query}`);
    expect({ status, path: location(headers).pathname }).toEqual({ status: 303, path: '/sorry' });
  });
});

describe('Toss sends the buyer’s browser to failUrl', () => {
  it('the reason is recorded, counted, and the order can be tried again', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const { status, headers } = await world.api.get(`/v1/payments/fail?code=REJECT_CARD_COMPANY&message=${encodeURIComponent('거절')}&orderId=${order.orderId}`);
    expect(status).toBe(303);
    expect(Object.fromEntries(location(headers).searchParams)).toEqual({ code: 'REJECT_CARD_COMPANY', message: '거절', orderId: order.orderId });
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toMatchObject({ status: 'FAILED', failure: { code: 'REJECT_CARD_COMPANY', message: '거절' }, paymentKey: null });
    const operator = await world.api.as('op', 'operator');
    expect((await operator.get('/v1/operations/payment-failures')).body.data).toContainEqual(expect.objectContaining({ code: 'REJECT_CARD_COMPANY', count: expect.any(Number) }));
    expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
  });

  it('a closed window comes without an order', async () => {
    const { status, headers } = await world.api.get('/v1/payments/fail?code=PAY_PROCESS_CANCELED&message=x');
    expect({ status, code: location(headers).searchParams.get('code') }).toEqual({ status: 303, code: 'PAY_PROCESS_CANCELED' });
  });

  it('cannot undo a payment', async () => {
    const api = await buyer();
    const order = await api.order(1);
    await api.confirm(order, await world.simulator.authenticate(order));
    await world.api.get(`/v1/payments/fail?code=X&message=y&orderId=${order.orderId}`);
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
  });
});
