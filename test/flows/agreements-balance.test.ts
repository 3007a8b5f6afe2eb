import { describe, expect, it } from '@jest/globals';
import { setupWorld } from '../support/setup-world.ts';
import { stallStatements } from '../support/stalls.ts';
import type { Subscribers } from '../support/subscribers.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let people: Subscribers;

setupWorld((setup) => ({ world, people } = setup));

describe('a balance', () => {
  /** A change that was paid by deposit, and gone by then, stays as a balance of 10,000 won. */
  async function withBalance() {
    const api = await people.user();
    const { subscription } = await people.buy(api, 1);
    const order = await api.order(2);
    expect(order.amount).toBe(10_000);
    await api.confirm(order, await world.simulator.authenticate(order, { method: '가상계좌' }));
    await api.post(`/v1/subscriptions/${subscription.id}/cancel`);
    await api.post(`/v1/subscriptions/${subscription.id}/resume`);
    await world.simulator.deposit(order.orderId);
    await world.clock.advance('PT11M');
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
    return { api, id: subscription.id as string, userId: api.userId };
  }
  const balance = async (userId: string) =>
    (
      await world.database.query<{ sum: number }>(
        'SELECT COALESCE(sum(amount), 0)::int AS sum FROM balance_entry WHERE user_id = $1',
        [userId],
      )
    )[0]!.sum;

  it('is reserved by the order that uses it: any number of open orders use it once', async () => {
    await people.at('2029-01-10T12:00');
    const { api, userId } = await withBalance();
    const orders = await Promise.all(Array.from({ length: 10 }, () => api.order(1)));
    expect(orders.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([
      0,
      9_800,
      ...Array.from({ length: 8 }, () => 9_900),
    ]);
    expect(orders.reduce((used, order) => used + (order['balanceUsed'] as number), 0)).toBe(10_000);
    for (const order of orders) {
      const paymentKey = order.amount === 0 ? undefined : await world.simulator.authenticate(order);
      expect(
        (await api.post('/v1/payments/confirm', { orderId: order.orderId, amount: order.amount, paymentKey })).status,
      ).toBe(200);
    }
    expect(await balance(userId)).toBe(0);
  });

  it('is free again when the order expires or is discarded', async () => {
    await people.at('2029-03-10T12:00');
    const { api } = await withBalance();
    const first = await api.order(1);
    expect(first).toMatchObject({ amount: 0, balanceUsed: 9_900 });
    expect(await api.order(1)).toMatchObject({ amount: 9_800, balanceUsed: 100 });
    expect((await api.delete(`/v1/temp-orders/${first.orderId}`)).status).toBe(204);
    expect(await api.order(1)).toMatchObject({ amount: 0, balanceUsed: 9_900 });
    await world.clock.advance('PT61M');
    expect(await api.order(1)).toMatchObject({ amount: 0, balanceUsed: 9_900 });
  });

  it('that is negative is never charged to a card', async () => {
    await people.at('2029-05-10T12:00');
    const one = await people.withCard();
    await world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, -49000, 'refund', now())`,
      [one.userId],
    );
    await people.at('2029-06-10T10:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    expect((await people.events(one.id, 'renewal_upcoming')).at(-1)).toMatchObject({ amount: 9_900 });
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    const api = await people.user();
    const billingKeyId = await api.putCardOnFile(world.simulator);
    await world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, -49000, 'refund', now())`,
      [api.userId],
    );
    expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).body.payment).toMatchObject({
      amount: 9_900,
    });
    await world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) SELECT user_id, 49000, 'refund', now()
        FROM unnest($1::text[]) AS u (user_id)`,
      [[one.userId, api.userId]],
    );
    await api.post(`/v1/subscriptions/${(await api.get('/v1/subscriptions/me')).body.id}/cancel`);
  });

  it('that shrinks after the notice makes the charge wait for another notice', async () => {
    await people.at('2029-08-10T12:00');
    const one = await people.withCard();
    await world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, 4000, 'kept', now())`,
      [one.userId],
    );
    await people.at('2029-09-10T09:30');
    expect(await people.events(one.id, 'renewal_upcoming')).toMatchObject([{ amount: 5_900 }]);
    // Half an hour before the charge an order reserves it.
    expect(await one.api.order(1)).toMatchObject({ amount: 5_900, balanceUsed: 4_000 });
    await people.at('2029-09-10T10:01');
    expect(await people.taken(one)).toEqual([9_900]);
    const notices = await people.events(one.id, 'renewal_upcoming');
    expect(notices.at(-1)).toMatchObject({ amount: 9_900, chargeAt: '2029-09-11T01:00:00.000Z' });
    // By then the order has expired, and its balance is free: less than was announced is charged.
    await people.at('2029-09-11T10:01');
    expect(await people.taken(one)).toEqual([9_900, 5_900]);
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    await world.database.query(
      `UPDATE subscription_period SET price = price - 4000 WHERE subscription_id = $1::uuid AND order_id <>
        (SELECT min(order_id) FROM invoice WHERE user_id = $2 AND subscription_id IS NULL AND status = 'PAID')`,
      [one.id, one.userId],
    );
  });
});

describe('cancel and resume', () => {
  it('in the moment of a renewal’s outcome do not bring the next charge forward', async () => {
    await people.at('2051-01-10T12:00');
    const one = await people.withCard();
    await people.at('2051-02-10T09:59');
    await world.simulator.fault({ on: 'billing', kind: 'slow_after', delayMs: 1_000 });
    const due = people.at('2051-02-10T10:00:15');
    await eventually(
      'the charge to be under way',
      async () =>
        (
          await world.database.query(`SELECT FROM invoice WHERE subscription_id = $1::uuid AND status = 'OPEN'`, [
            one.id,
          ])
        ).length > 0,
    );
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    // What the resume has read is no longer true when it writes: the outcome came in between.
    const end = stallStatements(/saved AS \(\s*UPDATE subscription SET/, 2_500, 1);
    const resumed = one.api.post(`/v1/subscriptions/${one.id}/resume`);
    await due;
    expect((await resumed).status).toBe(200);
    end();
    await people.at('2051-02-10T18:00');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    expect(await people.get(one)).toMatchObject({
      endDate: expect.stringContaining('2051-03-10T03:00'),
      nextChargeAt: '2051-03-10T01:00:00.000Z',
    });
  });

  it('do not lift a hold', async () => {
    await people.at('2052-01-10T12:00');
    const one = await people.withCard();
    await people.at('2052-02-10T09:59');
    await world.simulator.fault({ on: 'billing', kind: 'wrong_amount' });
    await people.at('2052-02-10T10:01');
    for (const act of ['cancel', 'resume'])
      expect((await one.api.post(`/v1/subscriptions/${one.id}/${act}`)).status).toBe(200);
    await people.at('2052-02-10T18:00');
    expect(await people.taken(one)).toEqual([9_900]);
    const [renewal] = (await one.api.get('/v1/payments')).body.data;
    expect(await world.simulator.charges(renewal.orderId)).toHaveLength(1);
    const operator = await world.api.as('op', 'operator');
    expect((await operator.post(`/v1/operations/renewals/${one.id}/release`)).status).toBe(200);
  });

  it('are limited to 20 an hour', async () => {
    await people.at('2052-06-10T12:00');
    const one = await people.withCard();
    const statuses = [];
    for (let times = 0; times < 21; times++)
      statuses.push(
        (await one.api.post(`/v1/subscriptions/${one.id}/${times % 2 === 0 ? 'cancel' : 'resume'}`)).status,
      );
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
    await people.at('2052-06-10T13:01');
    expect((await one.api.post(`/v1/subscriptions/${one.id}/cancel`)).status).toBe(200);
  });
});

describe('cards', () => {
  it('another one can be named when the one that renews is removed', async () => {
    await people.at('2057-01-10T12:00');
    const one = await people.withCard();
    const other = await one.api.putCardOnFile(world.simulator);
    await one.api.post(`/v1/subscriptions/${one.id}/billing-key`, { billingKeyId: one.cardId });
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}?replaceWith=${one.cardId}`)).status).toBe(400);
    expect(
      (await one.api.delete(`/v1/billing-keys/${one.cardId}?replaceWith=00000000-0000-4000-8000-000000000000`)).status,
    ).toBe(404);
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}?replaceWith=${other}`)).status).toBe(204);
    expect(await people.get(one)).toMatchObject({ billingKeyId: other, nextChargeAt: '2057-02-10T01:00:00.000Z' });
    expect((await one.api.delete(`/v1/billing-keys/${other}`)).status).toBe(204);
    expect(await people.get(one)).toMatchObject({ billingKeyId: null, nextChargeAt: null });
  });

  it('are registered at most ten times an hour', async () => {
    await people.at('2057-06-10T12:00');
    const api = await people.user();
    for (let times = 0; times < 10; times++) await api.putCardOnFile(world.simulator);
    const { customerKey } = (await api.get('/v1/billing-keys/registration')).body;
    const authKey = await world.simulator.registerCard(customerKey);
    expect(await api.post('/v1/billing-keys', { authKey, customerKey })).toMatchObject({
      status: 429,
      body: { code: 'TOO_MANY_REQUESTS' },
    });
    await people.at('2057-06-10T13:01');
    expect((await api.post('/v1/billing-keys', { authKey, customerKey })).status).toBe(201);
  });
});

it('a buyer has at most 20 open orders, however many they ask for at once', async () => {
  await people.at('2058-01-10T12:00');
  const api = await people.user();
  const answers = await Promise.all(
    Array.from({ length: 24 }, () => api.post('/v1/temp-orders', { planId: 3, amount: 1_000 })),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    ...Array.from({ length: 20 }, () => 201),
    429,
    429,
    429,
    429,
  ]);
  expect(answers.find(({ status }) => status === 429)!.body.code).toBe('TOO_MANY_OPEN_ORDERS');
  expect(
    (await api.delete(`/v1/temp-orders/${answers.find(({ status }) => status === 201)!.body.orderId}`)).status,
  ).toBe(204);
  expect((await api.post('/v1/temp-orders', { planId: 1 })).status).toBe(201);
});
