import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let buyers = 0;
const buyer = () => world.api.as(`buyer-${++buyers}`);
const location = (headers: Headers) => new URL(headers.get('location')!);

beforeAll(async () => {
  world = await createWorld({
    checkoutSuccessUrl: 'https://shop.example/done?lang=ko',
    checkoutFailUrl: 'https://shop.example/sorry',
  });
});
afterEach(() => expectBooksToAgree(world));
afterAll(() => world.close());

describe('Toss sends the buyer’s browser to successUrl', () => {
  it('the payment is confirmed, and the browser goes on to the shop', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const target = new URL(order['successUrl'] as string);
    target.search = new URLSearchParams({
      paymentType: 'NORMAL',
      paymentKey,
      orderId: order.orderId,
      amount: '9900',
    }).toString();

    const { status, headers } = await world.api.get(target.pathname + target.search);
    expect(status).toBe(303);
    expect(location(headers).origin + location(headers).pathname).toBe('https://shop.example/done');
    expect(Object.fromEntries(location(headers).searchParams)).toEqual({
      lang: 'ko',
      paymentType: 'NORMAL',
      orderId: order.orderId,
      amount: '9900',
      paymentKey,
    });
    expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
    // A reload changes nothing.
    expect(location((await world.api.get(target.pathname + target.search)).headers).hostname).toBe('shop.example');
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });

  it('with another amount, nothing is taken', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const { status, headers } = await world.api.get(
      `/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=100`,
    );
    expect(status).toBe(303);
    expect(location(headers).pathname).toBe('/sorry');
    expect(Object.fromEntries(location(headers).searchParams)).toMatchObject({
      code: 'AMOUNT_MISMATCH',
      orderId: order.orderId,
    });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
  });

  it('and the bank says no: the shop is told why', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      code: 'REJECT_CARD_COMPANY',
      orderId: order.orderId,
    });
    const { headers } = await world.api.get(
      `/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=9900`,
    );
    expect(Object.fromEntries(location(headers).searchParams)).toEqual({
      code: 'PAYMENT_DECLINED',
      tossCode: 'REJECT_CARD_COMPANY',
      message: '결제 승인이 거절되었습니다.',
      orderId: order.orderId,
    });
  });

  it('and nobody knows yet: the success page is told that it is pending', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId: order.orderId, times: 2 });
    const { headers } = await world.api.get(
      `/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=9900`,
    );
    expect(location(headers).pathname).toBe('/done');
    expect(location(headers).searchParams.get('status')).toBe('PENDING');
    await world.clock.advance('PT20S');
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
  });

  it.each([
    '',
    '?paymentKey=k',
    '?paymentKey=k&orderId=%00&amount=1',
    '?paymentKey=k&orderId=no-such-order&amount=1e400',
    '?paymentKey=a&paymentKey=b&orderId=x&amount=1',
  ])('nonsense (%s) ends on the fail page', async (query) => {
    const { status, headers } = await world.api.get(`/v1/payments/success${query}`);
    expect({ status, path: location(headers).pathname }).toEqual({ status: 303, path: '/sorry' });
  });
});

describe('Toss sends the buyer’s browser to failUrl', () => {
  it('the reason is recorded, counted, and the order can be tried again', async () => {
    const operator = await world.api.as('op', 'operator');
    const rejections = async (): Promise<number> => {
      const { data } = (await operator.get('/v1/operations/payment-failures')).body;
      return data
        .filter(({ code }: { code: string }) => code === 'REJECT_CARD_COMPANY')
        .reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    };
    const before = await rejections();
    const api = await buyer();
    const order = await api.order(1);
    const { status, headers } = await world.api.get(
      `/v1/payments/fail?code=REJECT_CARD_COMPANY&message=${encodeURIComponent('거절')}&orderId=${order.orderId}`,
    );
    expect(status).toBe(303);
    expect(Object.fromEntries(location(headers).searchParams)).toEqual({
      code: 'REJECT_CARD_COMPANY',
      message: '거절',
      orderId: order.orderId,
    });
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'REJECT_CARD_COMPANY', message: '거절' },
      paymentKey: null,
    });
    expect(await rejections()).toBe(before + 1);
    expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
  });

  it('a closed window is recorded on the order that our failUrl names: Toss sends none', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const failUrl = new URL(order['failUrl'] as string);
    expect(failUrl.pathname).toBe(`/v1/payments/fail/${order.orderId}`);
    failUrl.search = new URLSearchParams({ code: 'PAY_PROCESS_CANCELED', message: '취소' }).toString();
    const { status, headers } = await world.api.get(failUrl.pathname + failUrl.search);
    expect({ status, told: Object.fromEntries(location(headers).searchParams) }).toEqual({
      status: 303,
      told: { code: 'PAY_PROCESS_CANCELED', message: '취소', orderId: order.orderId },
    });
    const closed = { status: 'FAILED', failure: { code: 'PAY_PROCESS_CANCELED', message: '취소' } };
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toMatchObject(closed);
    expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
  });

  it('a closed window may still come without an order', async () => {
    const { status, headers } = await world.api.get('/v1/payments/fail?code=PAY_PROCESS_CANCELED&message=x');
    expect({ status, code: location(headers).searchParams.get('code') }).toEqual({
      status: 303,
      code: 'PAY_PROCESS_CANCELED',
    });
  });

  it.each(['%00', 'abc', 'x'.repeat(65)])('an order id of no form (%s) in the path is no order', async (id) => {
    const { status, headers } = await world.api.get(`/v1/payments/fail/${id}?code=X&message=y`);
    expect({ status, path: location(headers).pathname }).toEqual({ status: 303, path: '/sorry' });
    expect(location(headers).searchParams.has('orderId')).toBe(false);
  });

  it('cannot undo a payment', async () => {
    const api = await buyer();
    const order = await api.order(1);
    await api.confirm(order, await world.simulator.authenticate(order));
    await world.api.get(`/v1/payments/fail?code=X&message=y&orderId=${order.orderId}`);
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
  });

  it.each(['DUPLICATED_ORDER_ID', 'ALREADY_PROCESSED_PAYMENT', 'PAY_PROCESS_CANCELED'])(
    'of an order that another tab has paid (%s): the buyer reads that it is paid',
    async (code) => {
      const api = await buyer();
      const order = await api.order(1);
      const paymentKey = await world.simulator.authenticate(order);
      await api.confirm(order, paymentKey);
      for (const path of [
        `/v1/payments/fail/${order.orderId}?code=${code}`,
        `/v1/payments/fail?code=${code}&orderId=${order.orderId}`,
      ]) {
        const target = location((await world.api.get(path)).headers);
        expect(target.pathname).toBe('/done');
        expect(Object.fromEntries(target.searchParams)).toEqual({
          lang: 'ko',
          orderId: order.orderId,
          amount: '9900',
          paymentKey,
        });
      }
    },
  );

  it('of an order that waits for its deposit: the buyer reads where to pay', async () => {
    const api = await buyer();
    const order = await api.order(1);
    await api.confirm(order, await world.simulator.authenticate(order, { method: '가상계좌' }));
    const target = location(
      (await world.api.get(`/v1/payments/fail/${order.orderId}?code=PAY_PROCESS_CANCELED`)).headers,
    );
    expect([target.pathname, target.searchParams.get('status')]).toEqual(['/done', 'WAITING_FOR_DEPOSIT']);
    await world.simulator.deposit(order.orderId);
    await world.clock.advance('PT11M');
  });
});

describe('a second tab', () => {
  it('that comes back with another payment key is shown what the first has paid', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const [first, second] = [await world.simulator.authenticate(order), await world.simulator.authenticate(order)];
    await api.confirm(order, first);
    const { headers } = await world.api.get(
      `/v1/payments/success?paymentKey=${second}&orderId=${order.orderId}&amount=9900`,
    );
    expect(location(headers).pathname).toBe('/done');
    expect(location(headers).searchParams.get('paymentKey')).toBe(first);
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });
});

describe('HEAD, as link checkers and chat programs send it', () => {
  const head = (path: string, headers = {}) =>
    fetch(world.api.url + path, { method: 'HEAD', redirect: 'manual', headers });

  it('answers on what can be read', async () => {
    for (const path of ['/health/live', '/health/ready', '/v1/plans', '/v1/plans/1', '/openapi.json']) {
      const answer = await head(path);
      expect({ path, status: answer.status, body: await answer.text() }).toEqual({ path, status: 200, body: '' });
    }
    expect((await head('/v1/payments')).status).toBe(401);
    expect((await head('/v1/nothing')).status).toBe(404);
  });

  it('confirms and records nothing on the addresses that Toss sends browsers to', async () => {
    const api = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const success = `/v1/payments/success?paymentKey=${paymentKey}&orderId=${order.orderId}&amount=9900`;
    const fails = [
      `/v1/payments/fail?code=X&message=y&orderId=${order.orderId}`,
      `/v1/payments/fail/${order.orderId}?code=X&message=y`,
    ];
    const cards = ['/v1/billing-keys/success?authKey=a&customerKey=b', '/v1/billing-keys/fail?code=X'];
    for (const path of [success, ...fails, ...cards])
      expect({ path, status: (await head(path)).status }).toEqual({ path, status: 404 });
    expect((await api.get(`/v1/payments/${order.orderId}`)).status).toBe(404);
    expect(await world.simulator.confirms(order.orderId)).toEqual([]);
  });
});
