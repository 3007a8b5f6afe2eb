import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { setupWorld } from '../support/setup-world.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let operator: Api;
let buyers = 0;

setupWorld((setup) => ({ world, operator } = setup));

async function paid(planId = 1, userId = `reader-${++buyers}`) {
  const api = await world.api.as(userId);
  const order = await api.order(planId);
  const paymentKey = await world.simulator.authenticate(order);
  expect((await api.confirm(order, paymentKey)).status).toBe(200);
  return { api, order, paymentKey, userId };
}

const found = async (api: Api, query: string) =>
  (await api.get(`/v1/payments?${query}`)).body.data.map(({ orderId }: { orderId: string }) => orderId);

describe('a payment is found', () => {
  it('by order, user, the key of any attempt, and the end of the card', async () => {
    const { order, userId, paymentKey } = await paid();
    for (const q of [order.orderId, userId, paymentKey])
      expect(await found(operator, `q=${q}`)).toEqual([order.orderId]);
    expect(await found(operator, `paymentKey=${paymentKey}`)).toEqual([order.orderId]);
    // The simulator's cards end in 000*: the last digit is masked, and any will do.
    for (const card of ['000*', '0007'])
      expect(await found(operator, `cardLast4=${card}&userId=${userId}`)).toEqual([order.orderId]);
    expect(await found(operator, `cardLast4=1234&userId=${userId}`)).toEqual([]);
    expect(await found(operator, 'q=nobody-at-all')).toEqual([]);
    expect((await operator.get('/v1/payments?cardLast4=12')).status).toBe(400);
  });

  it('by its owner only, whatever they search for', async () => {
    const { order, api } = await paid();
    const stranger = await world.api.as('stranger');
    expect(await found(stranger, `q=${order.orderId}`)).toEqual([]);
    expect(await found(api, `q=${order.orderId}`)).toEqual([order.orderId]);
  });

  it('among one’s own, however many newer ones others have with such a card', async () => {
    const { order, api } = await paid();
    await world.database.query(`
      WITH other AS (
        INSERT INTO customer (user_id, customer_key) VALUES ('others', 'others')
      ), ordered AS (
        INSERT INTO invoice (order_id, user_id, status, plan_id, order_name, amount, created_at)
        SELECT 'other-' || n, 'others', 'VOID', 1, 'x', 100, now() FROM generate_series(1, 1001) n
        RETURNING order_id)
      INSERT INTO payment (order_id, user_id, amount, status, card_number, created_at)
      SELECT order_id, 'others', 100, 'FAILED', '43301234****000*', now() + interval '1 hour' FROM ordered`);
    expect(await found(api, 'cardLast4=0001')).toEqual([order.orderId]);
    expect(await found(api, 'q=0001')).toEqual([order.orderId]);
    await world.database.query(`DELETE FROM payment WHERE user_id = 'others'`);
  });

  it('page by page', async () => {
    const { userId, order: first } = await paid();
    const second = await paid(1, userId);
    const page = (await operator.get(`/v1/payments?q=${userId}&limit=1`)).body;
    expect(page.data.map(({ orderId }: { orderId: string }) => orderId)).toEqual([second.order.orderId]);
    expect(await found(operator, `q=${userId}&limit=1&cursor=${page.nextCursor}`)).toEqual([first.orderId]);
  });
});

describe('the story of a payment', () => {
  it('tells each asking and its answer, and what was granted', async () => {
    const api = await world.api.as('told');
    const order = await api.order(1);
    expect((await operator.get(`/v1/payments/${order.orderId}/story`)).body).toMatchObject({
      payment: null,
      tempOrder: { amount: 9900 },
      attempts: [],
    });
    await world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      code: 'REJECT_CARD_COMPANY',
      orderId: order.orderId,
    });
    await api.confirm(order, await world.simulator.authenticate(order));
    await api.confirm(order, await world.simulator.authenticate(order));
    const { status, body } = await operator.get(`/v1/payments/${order.orderId}/story`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      payment: { status: 'SUCCESS', cardNumber: expect.stringMatching(/\*/) },
      tempOrder: null,
      attempts: [
        { number: 1, outcome: 'DECLINED', code: 'REJECT_CARD_COMPANY' },
        { number: 2, outcome: 'APPROVED', code: null },
      ],
      period: { orderId: order.orderId, price: 9900 },
      netCancels: [],
    });
  });

  it('is for operators, and of orders that exist', async () => {
    const { api, order } = await paid();
    expect((await api.get(`/v1/payments/${order.orderId}/story`)).status).toBe(403);
    expect((await operator.get('/v1/payments/no-such-order/story')).body.code).toBe('PAYMENT_NOT_FOUND');
  });
});

describe('long lists', () => {
  it('a timeline comes in pages, oldest first', async () => {
    const { api } = await paid();
    const { id } = (await api.get('/v1/subscriptions/me')).body;
    for (const act of ['cancel', 'resume', 'cancel']) await api.post(`/v1/subscriptions/${id}/${act}`);
    const types = (body: { data: { type: string }[] }) => body.data.map(({ type }) => type);
    const whole = (await api.get(`/v1/subscriptions/${id}/timeline`)).body;
    expect(whole.nextCursor).toBeNull();
    expect(types(whole).at(0)).toBe('subscription.activated');
    const first = (await api.get(`/v1/subscriptions/${id}/timeline?limit=2`)).body;
    const rest = (await api.get(`/v1/subscriptions/${id}/timeline?limit=10&cursor=${first.nextCursor}`)).body;
    expect([...types(first), ...types(rest)]).toEqual(types(whole));
    expect([first.data.length, rest.nextCursor]).toEqual([2, null]);
    expect((await api.get(`/v1/subscriptions/${id}/timeline?cursor=x`)).status).toBe(400);
  });

  it('a payment’s history shows its newest 100 attempts', async () => {
    const { order } = await paid();
    await world.database.query(
      `
      INSERT INTO payment_attempt (order_id, number, outcome, code, requested_at) SELECT $1, n, 'REFUSED', 'x', now()
        FROM generate_series(2, 150) n`,
      [order.orderId],
    );
    const { attempts } = (await operator.get(`/v1/payments/${order.orderId}/story`)).body;
    expect([attempts.length, attempts[0].number, attempts.at(-1).number]).toEqual([100, 51, 150]);
    await world.database.query('DELETE FROM payment_attempt WHERE order_id = $1 AND number > 1', [order.orderId]);
  });

  /** What the database would do for a list's query on many rows. */
  const planOf = async (query: string) =>
    (await world.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`))
      .map((row) => row['QUERY PLAN'])
      .join('\n');

  it('find a rare status and a deep page by an index', async () => {
    await world.database.query(`
      WITH many AS (
        INSERT INTO customer (user_id, customer_key) VALUES ('many', 'many')
      ), ordered AS (
        INSERT INTO invoice (order_id, user_id, status, plan_id, order_name, amount, created_at)
        SELECT 'many-' || n, 'many', 'VOID', 1, 'x', 100, now() - n * interval '1 minute'
          FROM generate_series(1, 20000) n
        RETURNING order_id, created_at)
      INSERT INTO payment (order_id, user_id, amount, status, created_at)
      SELECT order_id, 'many', 100, 'FAILED', created_at FROM ordered`);
    await world.database.query('ANALYZE payment');
    expect(
      await planOf(`SELECT * FROM payment WHERE status = 'EXPIRED' ORDER BY created_at DESC, order_id DESC LIMIT 21`),
    ).toContain('payment_of_status');
    const deep = await planOf(`
      SELECT * FROM payment WHERE created_at <= '2026-11-10' AND (created_at < '2026-11-10' OR order_id < 'many-5')
      ORDER BY created_at DESC, order_id DESC LIMIT 21`);
    expect(deep).toMatch(/Index Scan using payment_newest[^]*Index Cond: \(created_at <=/);
    await world.database.query(`DELETE FROM payment WHERE order_id LIKE 'many-%'`);
  });

  it('the totals of events are right for many readers at once', async () => {
    const giver = await world.api.as('giver');
    const order = await giver.order(3, 5_000);
    const before = (await world.api.get('/v1/events')).body.data[0].totalAmount;
    await giver.confirm(order, await world.simulator.authenticate(order));
    const after = await Promise.all(Array.from({ length: 50 }, () => world.api.get('/v1/events')));
    for (const { body } of after) expect(body.data[0].totalAmount).toBe(before + 5_000);
  });
});

describe('figures by business day', () => {
  it('count what came in, what went back and who was subscribed, each on its own day', async () => {
    const other = await createWorld();
    const desk = await other.api.as('op', 'operator');
    const buy = async (userId: string, planId: number) => {
      const api = await other.api.as(userId);
      const order = await api.order(planId);
      await api.confirm(order, await other.simulator.authenticate(order));
      return order.orderId;
    };
    // 23:30 in Seoul, and an hour later the next day.
    await other.api.post('/v1/sandbox/clock', { set: '2027-03-30T14:30:00Z' });
    const first = await buy('one', 1);
    await other.api.post('/v1/sandbox/clock', { advance: 'PT1H' });
    await buy('two', 2);
    await desk.post('/v1/refunds', { orderId: first, reason: '고객 요청' });
    await other.api.post('/v1/sandbox/clock', { advance: 'P2M' });
    const { data } = (await desk.get('/v1/operations/daily-figures?from=2027-03-29&to=2027-05-02')).body;
    const byDay = Object.fromEntries(data.map(({ day, ...figures }: { day: string }) => [day, figures]));
    expect(byDay['2027-03-29']).toEqual({ revenue: 0, payments: 0, refunded: 0, refunds: 0, activeSubscriptions: 0 });
    expect(byDay['2027-03-30']).toEqual({
      revenue: 9900,
      payments: 1,
      refunded: 0,
      refunds: 0,
      activeSubscriptions: 1,
    });
    expect(byDay['2027-03-31']).toEqual({
      revenue: 19900,
      payments: 1,
      refunded: 9900,
      refunds: 1,
      activeSubscriptions: 2,
    });
    expect(byDay['2027-04-01'].activeSubscriptions).toBe(1);
    expect(byDay['2027-04-30'].activeSubscriptions).toBe(1);
    expect(byDay['2027-05-01'].activeSubscriptions).toBe(0);
    expect(data).toHaveLength(35);
    // Without dates the list ends on the program's own today.
    expect((await desk.get('/v1/operations/daily-figures')).body.data.at(-1).day).toBe('2027-05-31');
    await other.close();
  });

  it('are for operators, and of a year at most', async () => {
    expect((await operator.get('/v1/operations/daily-figures?from=2020-01-01&to=2027-01-01')).status).toBe(400);
    expect((await operator.get('/v1/operations/daily-figures?from=2027-01-02&to=2027-01-01')).body).toEqual({
      data: [],
    });
    expect((await (await world.api.as('nobody')).get('/v1/operations/daily-figures')).status).toBe(403);
  });
});

describe('the sandbox', () => {
  it('lays a fault for the next payment, and takes it away', async () => {
    const laid = await world.api.post('/v1/sandbox/faults', { on: 'confirm', kind: 'decline' });
    expect(laid.body).toEqual({ data: [{ on: 'confirm', kind: 'decline', left: 1 }] });
    expect((await world.api.delete('/v1/sandbox/faults')).body).toEqual({ data: [] });
    expect((await world.api.post('/v1/sandbox/faults', { on: 'confirm', kind: 'nonsense' })).body.code).toBe(
      'VALIDATION_FAILED',
    );
    expect((await world.api.post('/v1/sandbox/deposits', { orderId: 'no-such-order' })).status).toBeGreaterThanOrEqual(
      400,
    );
  });

  it('is not there outside it', async () => {
    const outside = await createWorld({ sandbox: false, simulatorUrl: null });
    for (const path of ['faults', 'deposits'])
      expect((await outside.api.post(`/v1/sandbox/${path}`, {})).status).toBe(404);
    expect((await outside.api.get('/v1/checkout-config')).body).toMatchObject({
      sandbox: false,
      sdkUrl: 'https://js.tosspayments.com/v2/standard',
      paymentRequest: null,
    });
    const policy = (await outside.api.get('/')).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self' https://js.tosspayments.com;");
    await outside.close();
  });
});
