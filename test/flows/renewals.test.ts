import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { seoulMinute } from '../support/clock.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let users = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
/** Their renewals are not the next test's. */
const live: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await world.simulator.clearFaults();
  for (const cancel of live.splice(0)) await cancel();
});

async function subscriber(planId = 1) {
  const api = await world.api.as(`subscriber-${++users}`);
  const billingKeyId = await api.putCardOnFile(world.simulator);
  const { status, body } = await api.post('/v1/subscriptions', { planId, billingKeyId });
  expect(status).toBe(200);
  live.push(() => api.post(`/v1/subscriptions/${body.subscription.id}/cancel`));
  return { api, billingKeyId, subscription: body.subscription, payment: body.payment };
}
const me = async (api: Api) => (await api.get('/v1/subscriptions/me')).body;
const payments = async (api: Api) => (await api.get('/v1/payments?limit=100')).body.data;
const timeline = async (api: Api, id: string) =>
  (await api.get(`/v1/subscriptions/${id}/timeline`)).body.data.map(({ type }: { type: string }) =>
    type.replace('subscription.', ''),
  );

describe('subscribing with a card on file', () => {
  it('charges the first period and plans the next', async () => {
    await world.clock.at('2027-03-15T15:30:00');
    const { api, billingKeyId, subscription, payment } = await subscriber();
    expect(payment).toMatchObject({ status: 'SUCCESS', amount: 9_900, method: '카드', paymentKey: expect.any(String) });
    expect((await payments(api))[0]).toEqual(payment);
    expect(subscription).toMatchObject({ status: 'ACTIVE', isActive: true, billingKeyId, cancelAtPeriodEnd: false });
    expect([seoulMinute(subscription.endDate), seoulMinute(subscription.nextChargeAt)]).toEqual([
      '2027-04-15T15:30',
      '2027-04-15T10:00',
    ]);
    expect(await me(api)).toEqual(subscription);
    await expectBooksToAgree(world);
  });

  it('of any number of requests at once charges one', async () => {
    const api = await world.api.as(`subscriber-${++users}`);
    const billingKeyId = await api.putCardOnFile(world.simulator);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.post('/v1/subscriptions', { planId: 1, billingKeyId })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
    expect(await payments(api)).toHaveLength(1);
    expect(await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_SUBSCRIBED' },
    });
    await expectBooksToAgree(world);
  });

  it('answers the same to the same Idempotency-Key', async () => {
    const api = await world.api.as(`subscriber-${++users}`);
    const billingKeyId = await api.putCardOnFile(world.simulator);
    const ask = () => api.post('/v1/subscriptions', { planId: 2, billingKeyId }, { 'Idempotency-Key': 'once' });
    const [first, again] = [await ask(), await ask()];
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await payments(api)).toHaveLength(1);
  });

  it('tells a decline, and may be tried again', async () => {
    const api = await world.api.as(`subscriber-${++users}`);
    const billingKeyId = await api.putCardOnFile(world.simulator);
    await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
    expect(await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).toMatchObject({
      status: 402,
      body: { code: 'PAYMENT_DECLINED', toss: { code: 'REJECT_CARD_PAYMENT' } },
    });
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).status).toBe(200);
    await expectBooksToAgree(world);
  });

  it.each(['drop_after', 'garbage', 'error_after', 'in_progress'])(
    'finds out by itself what a lost answer was: %s',
    async (kind) => {
      const api = await world.api.as(`subscriber-${++users}`);
      const billingKeyId = await api.putCardOnFile(world.simulator);
      await world.simulator.fault({ on: 'billing', kind, times: 2 });
      const { status, body } = await api.post('/v1/subscriptions', { planId: 1, billingKeyId });
      expect([200, 202]).toContain(status);
      expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).status).toBe(409);
      await world.clock.advance('PT3M');
      expect((await api.get(`/v1/payments/${body.payment.orderId}`)).body.status).toBe('SUCCESS');
      const keys = (await world.simulator.charges(body.payment.orderId)).map(({ idempotencyKey }) => idempotencyKey);
      expect(new Set(keys)).toEqual(new Set([`charge-${body.payment.orderId}-1`]));
      expect(await me(api)).toMatchObject({ status: 'ACTIVE', billingKeyId });
      await expectBooksToAgree(world);
    },
  );

  it('refuses somebody else’s card, a card taken off file, and a plan that grants no time', async () => {
    const [api, other] = [await world.api.as(`subscriber-${++users}`), await world.api.as(`subscriber-${++users}`)];
    const billingKeyId = await api.putCardOnFile(world.simulator);
    expect(await other.post('/v1/subscriptions', { planId: 1, billingKeyId })).toMatchObject({
      status: 404,
      body: { code: 'BILLING_KEY_NOT_FOUND' },
    });
    expect((await api.post('/v1/subscriptions', { planId: 3, billingKeyId })).status).toBe(400);
    await api.delete(`/v1/billing-keys/${billingKeyId}`);
    expect(await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).toMatchObject({
      status: 404,
      body: { code: 'BILLING_KEY_NOT_FOUND' },
    });
  });
});

describe('a renewal', () => {
  it('happens at ten on the day it is due, and follows without a gap', async () => {
    await world.clock.at('2027-06-10T15:30:00');
    const { api, subscription } = await subscriber();
    await world.clock.at('2027-07-10T09:59:50');
    expect(await payments(api)).toHaveLength(1);
    await world.clock.at('2027-07-10T10:00:20');
    const [renewal, first] = await payments(api);
    expect(renewal).toMatchObject({ status: 'SUCCESS', amount: 9_900 });
    expect(renewal.orderId).not.toBe(first.orderId);
    for (const table of ['payment', 'payment_attempt']) {
      const requested = `SELECT provider, merchant_account FROM ${table} WHERE order_id = ANY($1)`;
      const charged = { provider: 'toss', merchant_account: 'billing' };
      expect(await world.database.query(requested, [[renewal.orderId, first.orderId]])).toEqual([charged, charged]);
    }
    const now = await me(api);
    expect([now.id, seoulMinute(now.endDate), seoulMinute(now.nextChargeAt)]).toEqual([
      subscription.id,
      '2027-08-10T15:30',
      '2027-08-10T10:00',
    ]);
    expect(await timeline(api, subscription.id)).toEqual(['activated', 'renewal_upcoming', 'extended']);
    await expectBooksToAgree(world);
  });

  it('comes the day before where the period ends before ten', async () => {
    await world.clock.at('2027-09-20T02:00:00');
    const { api, subscription } = await subscriber();
    expect(seoulMinute(subscription.nextChargeAt)).toBe('2027-10-19T10:00');
    await world.clock.at('2027-10-20T03:00:00');
    expect(seoulMinute((await me(api)).endDate)).toBe('2027-11-20T02:00');
    await expectBooksToAgree(world);
  });

  it('does not come to one that was cancelled, and comes to one that was resumed', async () => {
    await world.clock.at('2027-12-01T12:00:00');
    const [cancelled, resumed] = [await subscriber(), await subscriber()];
    expect((await cancelled.api.post(`/v1/subscriptions/${cancelled.subscription.id}/cancel`)).body).toMatchObject({
      status: 'ACTIVE',
      cancelAtPeriodEnd: true,
      nextChargeAt: null,
    });
    await resumed.api.post(`/v1/subscriptions/${resumed.subscription.id}/cancel`);
    expect((await resumed.api.post(`/v1/subscriptions/${resumed.subscription.id}/resume`)).body.nextChargeAt).toBe(
      resumed.subscription.nextChargeAt,
    );
    await world.clock.at('2028-01-02T00:00:10');
    expect(await payments(cancelled.api)).toHaveLength(1);
    expect((await cancelled.api.get(`/v1/subscriptions/${cancelled.subscription.id}`)).body).toMatchObject({
      status: 'CANCELED',
      isActive: false,
    });
    expect(await payments(resumed.api)).toHaveLength(2);
  });

  it('does not come to one whose money went back', async () => {
    await world.clock.at('2028-02-01T12:00:00');
    const { api, payment, subscription } = await subscriber();
    const operator = await world.api.as('op', 'operator');
    expect((await operator.post('/v1/refunds', { orderId: payment.orderId, reason: '환불' })).status).toBe(201);
    await world.clock.at('2028-03-03T00:00:10');
    expect(await payments(api)).toHaveLength(1);
    expect((await api.get(`/v1/subscriptions/${subscription.id}`)).body).toMatchObject({
      status: 'EXPIRED',
      nextChargeAt: null,
    });
    await expectBooksToAgree(world);
  });

  it('charges the plan that was scheduled', async () => {
    await world.clock.at('2028-04-01T12:00:00');
    const { api, subscription } = await subscriber(2);
    await api.post(`/v1/subscriptions/${subscription.id}/change`, { planId: 1 });
    await world.clock.at('2028-05-02T00:00:10');
    expect(
      (await payments(api)).map(({ amount, planId }: { amount: number; planId: number }) => [amount, planId]),
    ).toEqual([
      [9_900, 1],
      [19_900, 2],
    ]);
    expect(await me(api)).toMatchObject({ planId: 1, nextPlanId: null });
    await expectBooksToAgree(world);
  });

  it('waits while the buyer is paying otherwise, and follows what that brought', async () => {
    await world.clock.at('2028-08-01T12:00:00');
    const { api, subscription } = await subscriber();
    await world.clock.at('2028-09-01T09:59:00');
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 40 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    await world.clock.at('2028-09-01T10:05:00');
    expect(
      await world.database.query('SELECT order_id FROM invoice WHERE subscription_id = $1::uuid', [subscription.id]),
    ).toEqual([]);
    await world.simulator.clearFaults();
    await world.clock.at('2028-09-01T11:00:00');
    const now = await me(api);
    expect([(await payments(api)).length, seoulMinute(now.endDate), seoulMinute(now.nextChargeAt)]).toEqual([
      2,
      '2028-10-01T12:00',
      '2028-10-01T10:00',
    ]);
    await api.post(`/v1/subscriptions/${subscription.id}/cancel`);
    await expectBooksToAgree(world);
  });

  it('that is under way is met by no change of plan, and a cancellation stops the one after it', async () => {
    await world.clock.at('2028-11-01T12:00:00');
    const { api, subscription } = await subscriber();
    await world.clock.at('2028-12-01T09:59:00');
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 40 });
    await world.clock.at('2028-12-01T10:00:15');
    expect(await api.post(`/v1/subscriptions/${subscription.id}/change`, { planId: 2 })).toMatchObject({
      status: 409,
      body: { code: 'SUBSCRIPTION_CHANGED' },
    });
    // A card that may still be charged cannot be removed before the buyer stops that.
    expect(await api.delete(`/v1/billing-keys/${subscription.billingKeyId}`)).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_IN_PROGRESS' },
    });
    await api.post(`/v1/subscriptions/${subscription.id}/cancel`);
    await world.simulator.clearFaults();
    await world.clock.at('2028-12-01T10:10:00');
    expect(await me(api)).toMatchObject({ planId: 1, cancelAtPeriodEnd: true, nextChargeAt: null });
    expect(await payments(api)).toHaveLength(2);
    await world.clock.at('2029-01-03T12:00:00');
    expect([(await payments(api)).length, (await api.get(`/v1/subscriptions/${subscription.id}`)).body.status]).toEqual(
      [2, 'CANCELED'],
    );
    await expectBooksToAgree(world);
  });

  it('whose subscription a refund ended meanwhile goes back', async () => {
    await world.clock.at('2029-02-01T12:00:00');
    const { api, subscription, payment } = await subscriber();
    await world.clock.at('2029-03-01T09:59:00');
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 6 });
    await world.clock.at('2029-03-01T10:00:10');
    const admin = await world.api.as('boss', 'admin');
    await world.simulator.clearFaults();
    expect(
      await admin.post('/v1/refunds', {
        orderId: payment.orderId,
        reason: '고객이 해지와 환불을 함께 요청',
        overrideWindow: true,
        endSubscription: true,
      }),
    ).toMatchObject({ status: 201 });
    await world.clock.at('2029-03-01T10:30:00');
    expect((await api.get(`/v1/subscriptions/${subscription.id}`)).body).toMatchObject({ isActive: false });
    const [renewal] = await payments(api);
    expect(renewal).toMatchObject({ status: 'FAILED', failure: { code: 'ORDER_OUTDATED' } });
    expect((await world.simulator.books(renewal.orderId)).payments).toMatchObject([
      { status: 'CANCELED', balanceAmount: 0 },
    ]);
    await expectBooksToAgree(world);
  });
});
