import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { stallStatements } from '../support/stalls.ts';
import { Subscribers } from '../support/subscribers.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let people: Subscribers;
let admin: Api;

beforeAll(async () => {
  world = await createWorld();
  people = new Subscribers(world, 'agreed');
  admin = await world.api.as('boss', 'admin');
});
afterEach(async () => {
  await world.simulator.clearFaults();
  await people.cancelAll();
  await expectBooksToAgree(world);
});
afterAll(() => world.close());

const newPlan = async (price: number, durationMonths = 1): Promise<number> =>
  (await admin.post('/v1/plans', { type: 'BASIC', name: `${price}/${durationMonths}`, price, durationMonths })).body.id;
const patch = (planId: number, change: object) => admin.patch(`/v1/plans/${planId}`, change);
const decline = (times: number, code = 'REJECT_CARD_PAYMENT') =>
  world.simulator.fault({ on: 'billing', kind: 'decline', code, times });
const messages = async (id: string, type: string) =>
  (
    await world.database.query<{ data: any }>(
      'SELECT data FROM outgoing_event WHERE subscription_id = $1::uuid AND type = $2 ORDER BY id',
      [id, `subscription.${type}`],
    )
  ).map(({ data }) => data);

describe('a change once the period is over', () => {
  it('of a past-due subscription grants nothing, and decides what the next charge buys', async () => {
    await people.at('2027-01-05T12:00');
    const one = await people.withCard();
    await decline(1);
    await people.at('2027-02-05T13:00');
    const before = await people.get(one);
    expect(before).toMatchObject({ status: 'PAST_DUE', planId: 1 });
    expect(await people.change(one, 2)).toMatchObject({
      status: 200,
      body: { status: 'PAST_DUE', planId: 1, nextPlanId: 2, endDate: before.endDate, payment: null },
    });
    expect((await people.get(one)).periods).toHaveLength(1);
    await people.at('2027-02-06T10:01');
    expect(await people.taken(one)).toEqual([9_900, 19_900]);
    expect(await people.get(one)).toMatchObject({ status: 'ACTIVE', planId: 2 });
  });

  it('of one that was bought by hand has to be ordered', async () => {
    await people.at('2027-03-05T12:00');
    const api = await people.user();
    const { subscription } = await people.buy(api, 1);
    await people.at('2027-04-05T13:00');
    const one = { api, id: subscription.id };
    expect(await people.change(one, 2)).toMatchObject({ status: 409, body: { code: 'CHANGE_NEEDS_PAYMENT' } });
    expect((await people.get(one)).periods).toHaveLength(1);
    const order = await api.order(2);
    expect(order.amount).toBe(19_900);
  });

  it('of a trial without consent does not make it a paid plan', async () => {
    await people.at('2027-05-05T12:00');
    const one = await people.withCard({ trialDays: 3 });
    await people.at('2027-05-08T13:00');
    await people.change(one, 2);
    expect(await people.get(one)).toMatchObject({ status: 'TRIALING', planId: 1 });
    await people.at('2027-07-20T12:00');
    expect(await people.get(one)).toMatchObject({ isActive: false });
    expect(await people.taken(one)).toEqual([]);
  });
});

describe('a change between the charge hour and the end', () => {
  it('of a trial holds nothing: it ends with its day', async () => {
    await people.at('2027-08-05T12:00');
    const one = await people.withCard({ trialDays: 3 });
    await people.at('2027-08-08T11:00');
    expect((await people.change(one, 2)).status).toBe(200);
    await people.at('2027-08-10T12:00');
    expect(await people.get(one)).toMatchObject({ isActive: false });
    expect(await people.taken(one)).toEqual([]);
  });

  it('of a declined subscription is charged as the buyer chose', async () => {
    await people.at('2027-09-05T09:00');
    const one = await people.withCard();
    await decline(1);
    // Its period ends at nine: it was charged at ten of the day before.
    await people.at('2027-10-04T11:00');
    expect(await people.get(one)).toMatchObject({ status: 'PAST_DUE' });
    const { subscription } = await people.buy(one.api, 2);
    expect(subscription).toMatchObject({ planId: 2, status: 'ACTIVE' });
    await people.at('2027-10-07T12:00');
    const after = await people.get(one);
    expect(after).toMatchObject({ status: 'ACTIVE', planId: 2, pastDueSince: null });
    expect((await people.taken(one)).at(-1)).toBe(19_900);
    expect(after.endDate).toContain('2027-11-05T00:00:00');
  });
});

describe('the plan held is the plan of the period in force', () => {
  it('also when a scheduled downgrade is taken back after its cheaper time was bought', async () => {
    await people.at('2028-01-10T12:00');
    const api = await people.user();
    const { subscription } = await people.buy(api, 2);
    const one = { api, id: subscription.id as string };
    expect((await people.change(one, 1)).status).toBe(200);
    await people.buy(api, 1);
    await people.buy(api, 1);
    await people.change(one, 2);
    expect(await people.get(one)).toMatchObject({ planId: 2, nextPlanId: 1 });
    await people.at('2028-02-10T12:00:01');
    expect(await people.get(one)).toMatchObject({ planId: 1, plan: { id: 1 } });
    await people.at('2028-03-20T12:00');
    // What was asked for last is what may follow.
    expect((await api.get('/v1/subscriptions/me')).body).toMatchObject({ planId: 1, nextPlanId: 2 });
  });

  it('also when the card paid the cheaper period before the downgrade is taken back', async () => {
    await people.at('2028-05-10T15:00');
    const one = await people.withCard({ planId: 2 });
    await people.change(one, 1);
    await people.at('2028-06-10T11:00');
    expect(await people.taken(one)).toEqual([19_900, 9_900]);
    await people.change(one, 2);
    await people.at('2028-06-10T15:00:01');
    expect(await people.get(one)).toMatchObject({ planId: 1 });
  });

  it('and a dearer plan that was paid ahead is granted, whatever is scheduled meanwhile', async () => {
    await people.at('2028-08-10T12:00');
    const api = await people.user();
    const [cheap, dear] = [await api.order(1), await api.order(2)];
    const first = (await api.confirm(cheap, await world.simulator.authenticate(cheap))).body.subscription;
    const second = await api.confirm(dear, await world.simulator.authenticate(dear));
    expect(second).toMatchObject({
      status: 200,
      body: { subscription: { planId: 1, plan: { id: 1 }, nextPlanId: 2 } },
    });
    const one = { api, id: first.id };
    await people.change(one, 1);
    await people.at('2028-09-10T12:00:01');
    expect(await people.get(one)).toMatchObject({ planId: 2 });
  });
});

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
    await world.api.post('/v1/sandbox/clock', { advance: 'PT11M' });
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
    await world.api.post('/v1/sandbox/clock', { advance: 'PT61M' });
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
    expect((await messages(one.id, 'renewal_upcoming')).at(-1)).toMatchObject({ amount: 9_900 });
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    const api = await people.user();
    await world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, -49000, 'refund', now())`,
      [api.userId],
    );
    const billingKeyId = await api.putCardOnFile(world.simulator);
    expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).body.payment).toMatchObject({
      amount: 9_900,
    });
    await world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) SELECT user_id, 49000, 'refund', now() FROM unnest($1::text[]) AS u (user_id)`,
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
    expect(await messages(one.id, 'renewal_upcoming')).toMatchObject([{ amount: 5_900 }]);
    // Half an hour before the charge an order reserves it.
    expect(await one.api.order(1)).toMatchObject({ amount: 5_900, balanceUsed: 4_000 });
    await people.at('2029-09-10T10:01');
    expect(await people.taken(one)).toEqual([9_900]);
    const notices = await messages(one.id, 'renewal_upcoming');
    expect(notices.at(-1)).toMatchObject({ amount: 9_900, chargeAt: '2029-09-11T01:00:00.000Z' });
    // By then the order has expired, and its balance is free: less than was announced is charged.
    await people.at('2029-09-11T10:01');
    expect(await people.taken(one)).toEqual([9_900, 5_900]);
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    await world.database.query(
      `UPDATE subscription_period SET price = price - 4000 WHERE subscription_id = $1::uuid AND order_id <> (SELECT min(order_id) FROM payment WHERE user_id = $2 AND subscription_id IS NULL)`,
      [one.id, one.userId],
    );
  });
});

describe('a change of a plan reaches nobody who subscribed', () => {
  it.each([
    ['a higher price', { price: 30_000 }],
    ['a lower price', { price: 5_000 }],
    ['a shorter time', { durationMonths: 1 }],
    ['a longer time', { durationMonths: 24 }],
  ])('%s', async (name, change) => {
    const year = 2030 + ['higher', 'lower', 'shorter', 'longer'].findIndex((word) => name.includes(word)) * 4;
    await people.at(`${year}-01-10T12:00`);
    const planId = await newPlan(20_000, 3);
    const one = await people.withCard({ planId });
    await patch(planId, change);
    expect((await one.api.get(`/v1/subscriptions/${one.id}/consents`)).body.needed).toBeNull();
    await people.at(`${year}-04-10T10:01`);
    await people.at(`${year}-07-10T10:01`);
    expect(await people.taken(one)).toEqual([20_000, 20_000, 20_000]);
    expect((await people.get(one)).endDate).toContain(`${year}-10-10T03:00`);
    expect((await messages(one.id, 'renewal_upcoming')).map(({ amount }) => amount)).toEqual([20_000, 20_000]);
  });

  it('nor one who scheduled it: what was shown when they chose is what is charged', async () => {
    await people.at('2046-01-10T12:00');
    const [yearly, monthly] = [await newPlan(99_000, 12), await newPlan(19_900)];
    const one = await people.withCard({ planId: yearly });
    expect((await people.change(one, monthly)).status).toBe(200);
    await patch(monthly, { price: 90_000 });
    await people.at('2047-01-10T10:01');
    await people.at('2047-02-10T10:01');
    expect(await people.taken(one)).toEqual([99_000, 19_900, 19_900]);
  });

  it('nor a renewal that was declined before', async () => {
    await people.at('2048-01-10T12:00');
    const planId = await newPlan(15_000);
    const one = await people.withCard({ planId });
    await decline(1);
    await people.at('2048-02-10T11:00');
    await patch(planId, { price: 50_000 });
    await people.at('2048-02-11T10:01');
    expect(await people.taken(one)).toEqual([15_000, 15_000]);
  });

  it('nor what a card renews after another plan was bought once by hand', async () => {
    await people.at('2048-05-10T12:00');
    const yearly = await newPlan(99_000, 12);
    const one = await people.withCard();
    await decline(1);
    await people.at('2048-06-10T13:00');
    await people.buy(one.api, yearly);
    expect(await people.get(one)).toMatchObject({ status: 'ACTIVE', planId: yearly, nextPlanId: 1 });
    await people.at('2049-06-10T10:01');
    expect((await people.taken(one)).at(-1)).toBe(9_900);
  });
});

it('a downgrade while past due is charged at its own price, and so the operators’ day says', async () => {
  await people.at('2050-01-10T12:00');
  const one = await people.withCard({ planId: 2 });
  await decline(1);
  await people.at('2050-02-10T13:00');
  expect(await people.change(one, 1)).toMatchObject({ status: 200, body: { nextPlanId: 1 } });
  const operator = await world.api.as('op', 'operator');
  const { data } = (await operator.get('/v1/operations/renewals?date=2050-02-11')).body;
  expect(data).toMatchObject([{ subscriptionId: one.id, planId: 1, amount: 9_900 }]);
  await people.at('2050-02-11T10:01');
  expect(await people.taken(one)).toEqual([19_900, 9_900]);
  expect(await people.get(one)).toMatchObject({ planId: 1, nextPlanId: null, status: 'ACTIVE' });
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
          await world.database.query(`SELECT FROM payment WHERE subscription_id = $1::uuid AND status = 'PENDING'`, [
            one.id,
          ])
        ).length > 0,
    );
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    // What the resume has read is no longer true when it writes: the outcome came in between.
    const end = stallStatements(/UPDATE subscription SET cancel_at_period_end/, 2_500, 1);
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

describe('while a renewal is under way', () => {
  /** A renewal whose answer is lost, and which the provider has taken. */
  async function renewing(year: number, planId = 1) {
    await people.at(`${year}-01-10T12:00`);
    const one = await people.withCard({ planId });
    await people.at(`${year}-02-10T09:59`);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 60 });
    await people.at(`${year}-02-10T10:00:15`);
    return one;
  }
  const finish = async (year: number) => {
    await world.simulator.clearFaults();
    await people.at(`${year}-02-10T10:20`);
  };

  it('a new card stays the one that renews', async () => {
    const one = await renewing(2053);
    const newCard = await one.api.putCardOnFile(world.simulator);
    await finish(2053);
    expect(await people.get(one)).toMatchObject({
      billingKeyId: newCard,
      endDate: expect.stringContaining('2053-03-10'),
    });
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}`)).status).toBe(204);
    await people.at('2053-03-10T10:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900, 9_900]);
  });

  it('a card that the provider deleted stays deleted', async () => {
    const one = await renewing(2054);
    await world.database.query(
      `UPDATE subscription SET payment_method_id = NULL, version = version + 1 WHERE id = $1::uuid`,
      [one.id],
    );
    await finish(2054);
    expect(await people.get(one)).toMatchObject({
      billingKeyId: null,
      nextChargeAt: null,
      endDate: expect.stringContaining('2054-03-10'),
    });
  });

  it('a part that goes back in the dashboard lowers no agreement', async () => {
    const one = await renewing(2055);
    const [renewal] = (await one.api.get('/v1/payments')).body.data;
    await world.simulator.dashboardCancel(
      (await world.simulator.books(renewal.orderId)).payments[0]!.paymentKey,
      1_000,
    );
    await finish(2055);
    await people.at('2055-03-10T10:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900, 9_900]);
    expect(await people.get(one)).toMatchObject({ status: 'ACTIVE' });
  });

  it('the refund of an upgrade gives its charge back', async () => {
    await people.at('2056-01-10T12:00');
    const one = await people.withCard();
    await people.at('2056-02-09T12:00');
    const { payment } = await people.buy(one.api, 2);
    await people.at('2056-02-10T09:59');
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 60 });
    await people.at('2056-02-10T10:00:15');
    await world.simulator.clearFaults();
    const boss = await world.api.as('boss', 'admin');
    expect(
      (
        await boss.post('/v1/refunds', {
          orderId: payment.orderId,
          reason: '업그레이드를 취소해 달라는 고객의 요청',
          overrideWindow: true,
        })
      ).status,
    ).toBe(201);
    await people.at('2056-02-10T10:30');
    expect(await people.get(one)).toMatchObject({ planId: 1, nextChargeAt: null });
    expect((await one.api.get('/v1/payments')).body.data[0]).toMatchObject({
      amount: 19_900,
      status: 'FAILED',
      failure: { code: 'ORDER_OUTDATED' },
    });
  });
});

it('the refund of an upgrade restores what was agreed before it', async () => {
  await people.at('2056-06-05T12:00');
  const yearly = await newPlan(99_000, 12);
  const dearer = await newPlan(199_000, 12);
  const one = await people.withCard();
  await decline(1);
  await people.at('2056-07-05T13:00');
  await people.buy(one.api, yearly);
  const { payment } = await people.buy(one.api, dearer);
  const boss = await world.api.as('boss', 'admin');
  expect(
    (await boss.post('/v1/refunds', { orderId: payment.orderId, reason: '업그레이드를 취소해 달라는 고객의 요청' }))
      .status,
  ).toBe(201);
  await one.api.post(`/v1/subscriptions/${one.id}/resume`);
  expect(await people.get(one)).toMatchObject({ planId: yearly, nextPlanId: 1 });
  await people.at('2057-07-05T10:01');
  expect((await people.taken(one)).at(-1)).toBe(9_900);
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
