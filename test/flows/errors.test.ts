import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorld, eventually, type World } from '../support/world.ts';
import type { Api } from '../support/api.ts';

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld({ webOrigins: ['https://shop.example'] });
  api = await world.api.as('somebody');
});
afterAll(() => world.close());

describe('bad input', () => {
  it.each([
    ['a body that is no JSON', '{', 'MALFORMED_REQUEST'],
    ['nothing in it', {}, 'VALIDATION_FAILED'],
    ['an amount in words', { orderId: 'abcdef', paymentKey: 'k', amount: 'a lot' }, 'VALIDATION_FAILED'],
    ['an amount that is empty', { orderId: 'abcdef', paymentKey: 'k', amount: '' }, 'VALIDATION_FAILED'],
    ['half a won as text', { orderId: 'abcdef', paymentKey: 'k', amount: '9900.5' }, 'VALIDATION_FAILED'],
    ['an amount with an exponent', { orderId: 'abcdef', paymentKey: 'k', amount: '1e4' }, 'VALIDATION_FAILED'],
    ['an amount with a space', { orderId: 'abcdef', paymentKey: 'k', amount: ' 9900' }, 'VALIDATION_FAILED'],
    ['an amount in a list', { orderId: 'abcdef', paymentKey: 'k', amount: [9900] }, 'VALIDATION_FAILED'],
    ['half a won', { orderId: 'abcdef', paymentKey: 'k', amount: 9900.5 }, 'VALIDATION_FAILED'],
    ['less than nothing', { orderId: 'abcdef', paymentKey: 'k', amount: -1 }, 'VALIDATION_FAILED'],
    ['more than there is', '{"orderId":"abcdef","paymentKey":"k","amount":1e400}', 'VALIDATION_FAILED'],
    ['a NUL in the order id', { orderId: 'abc\u0000def', paymentKey: 'k', amount: 1 }, 'VALIDATION_FAILED'],
    [
      'a payment key of 201 characters',
      { orderId: 'abcdef', paymentKey: 'k'.repeat(201), amount: 1 },
      'VALIDATION_FAILED',
    ],
  ])('%s is a 400 that says what is wrong', async (_, body, code) => {
    const answer = await api.post('/v1/payments/confirm', body);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 400, code });
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\bat /);
  });

  it('too much of it is a 413', async () => {
    expect(await api.post('/v1/temp-orders', { planId: 1, padding: 'x'.repeat(70_000) })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
  });

  it('a path that is not there is a 404', async () => {
    expect(await api.get('/v1/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('an id with a NUL in it finds nothing and breaks nothing', async () => {
    for (const path of [
      '/v1/payments/a%00b',
      '/v1/temp-orders/a%00b',
      '/v1/subscriptions/a%00b',
      '/v1/payments?userId=a%00b',
    ]) {
      expect([200, 400, 404]).toContain((await api.get(path)).status);
    }
  });

  it('a cursor of somebody’s invention is a 400', async () => {
    for (const cursor of ['x', Buffer.from('1e99|a').toString('base64url'), Buffer.from('|').toString('base64url')]) {
      expect((await api.get(`/v1/payments?cursor=${cursor}`)).body.code).toBe('VALIDATION_FAILED');
    }
  });

  it('an order names an amount only where the plan has none, from 100 to 10,000,000', async () => {
    for (const body of [
      { planId: 1, amount: 9900 },
      { planId: 3 },
      { planId: 3, amount: 99 },
      { planId: 3, amount: 10_000_001 },
      { planId: 'one' },
      { planId: 1, userId: 'x' },
    ]) {
      expect(await api.post('/v1/temp-orders', body)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED', errors: expect.any(Array) },
      });
    }
    expect(await api.post('/v1/temp-orders', { planId: 77 })).toMatchObject({
      status: 404,
      body: { code: 'PLAN_NOT_FOUND' },
    });
    for (const amount of [100, 10_000_000])
      expect((await api.post('/v1/temp-orders', { planId: 3, amount })).status).toBe(201);
  });
});

describe('every answer', () => {
  it('carries the request id that came, or a new one', async () => {
    expect((await api.get('/v1/plans', { 'X-Request-Id': 'order-4711' })).headers.get('x-request-id')).toBe(
      'order-4711',
    );
    const strange = (await api.get('/v1/nothing', { 'X-Request-Id': 'a b\tc' })).headers.get('x-request-id');
    expect(strange).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('speaks Korean, or English to who asks for it', async () => {
    const korean = await api.get('/v1/payments/none-such');
    const english = await api.get('/v1/payments/none-such', { 'Accept-Language': 'en-US,en;q=0.9' });
    expect([korean.body.detail, english.body.detail]).toEqual([
      '결제를 찾을 수 없습니다.',
      'There is no such payment.',
    ]);
  });

  it('is given to pages of the allowed origins only', async () => {
    expect(
      (await api.get('/v1/plans', { Origin: 'https://shop.example' })).headers.get('access-control-allow-origin'),
    ).toBe('https://shop.example');
    expect(
      (await api.get('/v1/plans', { Origin: 'https://evil.example' })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});

describe('lists', () => {
  it('come newest first, in pages, each thing once', async () => {
    const buyer = await world.api.as('collector');
    const orders = [];
    for (let times = 0; times < 5; times++) {
      const order = await buyer.order(3, 1_000 + times);
      await buyer.confirm(order, await world.simulator.authenticate(order));
      orders.unshift(order.orderId);
    }
    const seen: string[] = [];
    for (let path: string | null = '/v1/payments?limit=2'; path;) {
      const { body }: { body: { data: { orderId: string }[]; nextCursor: string | null } } = await buyer.get(path);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map(({ orderId }) => orderId));
      path = body.nextCursor && `/v1/payments?limit=2&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(orders);
    expect((await buyer.get('/v1/payments?status=FAILED')).body).toEqual({ data: [], nextCursor: null });
    expect((await buyer.get('/v1/payments?limit=101')).status).toBe(400);
  });
});

describe('the operator’s view', () => {
  it('has health, metrics and jobs', async () => {
    expect((await api.get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await api.get('/health/ready')).status).toBe(200);
    const { body } = await api.get('/metrics');
    for (const name of [
      'gudok_confirms_total',
      'gudok_toss_seconds_bucket',
      'gudok_oldest_pending_payment_seconds',
      'gudok_job_lag_seconds',
    ])
      expect(body).toContain(name);
    const operator = await world.api.as('op', 'operator');
    for (const name of ['expire-subscriptions', 'purge-temp-orders', 'recover-payments']) {
      expect(await operator.post(`/v1/operations/jobs/${name}/run`)).toMatchObject({
        status: 200,
        body: { name, affected: 0 },
      });
    }
    expect((await operator.post('/v1/operations/jobs/nothing/run')).status).toBe(404);
  });

  it('tells when the database is away, and finds back by itself', async () => {
    const lonely = await createWorld();
    await lonely.database.allowConnections(false);
    expect(await lonely.api.get('/health/ready')).toMatchObject({
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE' },
    });
    expect((await lonely.api.get('/health/live')).status).toBe(200);
    expect(await lonely.api.get('/v1/plans')).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    await lonely.database.allowConnections(true);
    await eventually(
      'the program to be ready again',
      async () => (await lonely.api.get('/health/ready')).status === 200,
    );
    expect((await lonely.api.get('/v1/plans')).status).toBe(200);
    await lonely.close();
  });
});
