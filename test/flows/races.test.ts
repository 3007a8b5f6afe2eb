import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.ts';
import { PrismaService, constraintOf } from '../../src/platform/database/index.ts';
import { SubscriptionRepository } from '../../src/subscriptions/index.ts';
import { Api, type Answer } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
/** A second program on the same database, behind the same load balancer so to speak. */
let twin: NestFastifyApplication;
let buyers = 0;

beforeAll(async () => {
  world = await createWorld();
  twin = await createApp(world.settings);
  await twin.listen(0, '127.0.0.1');
});
afterEach(() => expectBooksToAgree(world));
afterAll(async () => {
  await twin.close();
  await world.close();
});

/** One buyer, at either program. */
async function buyer(name = `buyer-${++buyers}`): Promise<{ api: Api; there: Api }> {
  const { body } = await world.api.post('/v1/sandbox/tokens', { userId: name });
  return { api: world.api.with(body.token), there: new Api(await twin.getUrl(), body.token) };
}

const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** Everybody was told the same. */
function expectOnePayment(orderId: string, answers: Answer[]) {
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
  expect(answers[0]!.body).toMatchObject({ payment: { orderId, status: 'SUCCESS' }, subscription: { isActive: true } });
}

describe('one order is confirmed many times at once', () => {
  it('50 times: all are told the same, Toss is asked once', async () => {
    const { api } = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    expectOnePayment(order.orderId, await times(50, () => api.confirm(order, paymentKey)));
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });

  it('50 times through two programs, while Toss takes its time', async () => {
    const { api, there } = await buyer();
    const order = await api.order(2);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({ on: 'confirm', kind: 'slow', orderId: order.orderId, delayMs: 400 });
    expectOnePayment(order.orderId, await times(50, (index) => (index % 2 ? api : there).confirm(order, paymentKey)));
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });

  it('by the browser’s redirect and by the API: one payment', async () => {
    const { api, there } = await buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const query = new URLSearchParams({ paymentKey, orderId: order.orderId, amount: String(order.amount) });
    const redirect = `/v1/payments/success?${query}`;
    const [answers, redirects] = await Promise.all([
      times(5, () => there.confirm(order, paymentKey)),
      times(5, () => world.api.get(redirect)),
    ]);
    expectOnePayment(order.orderId, answers);
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
    for (const { status, headers } of redirects) {
      expect(status).toBe(303);
      expect(headers.get('location')).toContain('/order-success?');
    }
  });

  it.each([
    ['through one program', false],
    ['through two', true],
  ])('with two payment keys, %s: one pays, the other is refused, the money is taken once', async (_, both) => {
    const { api, there } = await buyer();
    const order = await api.order(1);
    const keys = [await world.simulator.authenticate(order), await world.simulator.authenticate(order)];
    const answers = await Promise.all(
      keys.map((paymentKey, index) => (both && index ? there : api).confirm(order, paymentKey)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe('ORDER_ALREADY_PAID');
    const winner = answers.find(({ status }) => status === 200)!.body.payment.paymentKey;
    expect((await world.simulator.books(order.orderId)).payments.filter(({ approvedAt }) => approvedAt)).toMatchObject([
      { paymentKey: winner, balanceAmount: order.amount },
    ]);
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });
});

describe('Idempotency-Key on POST /v1/temp-orders', () => {
  const ordersOf = (userId: string) =>
    world.database.query(`SELECT order_id FROM invoice WHERE user_id = $1`, [userId]);

  it('20 at once through two programs make one order', async () => {
    const { api, there } = await buyer('hasty');
    const headers = { 'Idempotency-Key': 'order-me-once' };
    const answers = await times(20, (index) =>
      (index % 2 ? api : there).post('/v1/temp-orders', { planId: 3, amount: 5_000 }, headers),
    );
    for (const { status, body } of answers) {
      if (status !== 201)
        expect({ status, code: body.code }).toEqual({ status: 409, code: 'IDEMPOTENCY_KEY_IN_PROGRESS' });
    }
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(await ordersOf('hasty')).toEqual([{ order_id: made[0]!.body.orderId }]);
    const later = await api.post('/v1/temp-orders', { amount: 5_000, planId: 3 }, headers);
    expect(later.status).toBe(201);
    for (const { body } of made) expect(body.orderId).toBe(later.body.orderId);
    expect((await api.post('/v1/temp-orders', { planId: 3, amount: 5_000 }, headers)).body).toEqual(later.body);
  });

  it('refuses another body under the same key, also at once', async () => {
    const { api, there } = await buyer('fickle');
    const headers = { 'Idempotency-Key': 'one-of-two' };
    const answers = await Promise.all([
      api.post('/v1/temp-orders', { planId: 1 }, headers),
      there.post('/v1/temp-orders', { planId: 2 }, headers),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422]);
    expect(answers.find(({ status }) => status === 422)!.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await api.post('/v1/temp-orders', { planId: 3, amount: 777 }, headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await ordersOf('fickle')).toHaveLength(1);
  });

  it('of two users are two keys', async () => {
    const headers = { 'Idempotency-Key': 'everybody-says-this' };
    const [one, other] = await Promise.all([buyer('one'), buyer('other')]);
    const answers = await Promise.all(
      [one, other].map(({ api }) => api.post('/v1/temp-orders', { planId: 1 }, headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]!.body.orderId).not.toBe(answers[1]!.body.orderId);
    expect((await other.api.post('/v1/temp-orders', { planId: 2 }, headers)).status).toBe(422);
  });
});

describe('one buyer pays many orders at once', () => {
  it.each([
    ['10 orders', 10],
    // So many that a settle that only tries again is overtaken again and again.
    ['20 orders', 20],
  ])('%s of one plan: all are paid, and their months follow each other', async (_, count) => {
    const { api, there } = await buyer();
    const orders = await times(count, () => api.order(1));
    const keys = await Promise.all(orders.map((order) => world.simulator.authenticate(order)));
    const answers = await Promise.all(
      orders.map((order, index) => (index % 2 ? api : there).confirm(order, keys[index]!)),
    );
    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 200));

    const { body: current } = await api.get('/v1/subscriptions/me');
    expect(new Set(answers.map(({ body }) => body.subscription.id))).toEqual(new Set([current.id]));
    const periods = await world.database.query<{ starts_at: Date; ends_at: Date }>(
      'SELECT starts_at, ends_at FROM subscription_period WHERE subscription_id = $1 ORDER BY starts_at',
      [current.id],
    );
    expect(periods).toHaveLength(count);
    for (const [index, period] of periods.entries())
      if (index > 0) expect(period.starts_at).toEqual(periods[index - 1]!.ends_at);
    expect(periods[0]!.starts_at.toISOString()).toBe(current.startDate);
    expect(periods.at(-1)!.ends_at.toISOString()).toBe(current.endDate);
    const start = new Date(current.startDate);
    expect(monthsBetween(start, new Date(current.endDate))).toBe(count);
  });
});

describe('a write of a subscription that has changed since it was read', () => {
  it('is refused, and nothing of it is written', async () => {
    const [one, other] = [await subscriber(), await subscriber()];
    const repository = world.app.get(SubscriptionRepository);
    const prisma = world.app.get(PrismaService);
    const read = (id: string) => prisma.atomically(async (tx) => (await repository.lock(tx, id))!);
    const [stale, fresh] = [await read(one), await read(other)];
    await prisma.atomically((tx) => repository.save(tx, stale, { ...stale, version: stale.version + 1 }));
    const current = [await read(one), await read(other)];
    const resaved = [stale, fresh].map((before) => ({
      before,
      after: { ...before, anchorMonths: 7, version: before.version + 1 },
    }));
    const refused = await prisma.atomically((tx) => repository.saveAll(tx, resaved)).catch(constraintOf);
    expect(refused).toBe('subscription_version');
    expect([await read(one), await read(other)]).toEqual(current);
  });
});

/** A new buyer's subscription. @returns its id */
async function subscriber(): Promise<string> {
  const { api } = await buyer();
  const order = await api.order(1);
  return (await api.confirm(order, await world.simulator.authenticate(order))).body.subscription.id;
}

const monthsBetween = (from: Date, to: Date) =>
  Math.round((to.getTime() - from.getTime()) / ((365.2425 / 12) * 86_400_000));
