import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let make: Make;
let admin: Api;

setupWorld((setup) => ({ world, make, admin } = setup));

const nearly = (text: string) => Math.abs(new Date(text).getTime());

async function buy(api: Api, planId: number) {
  const order = await api.order(planId);
  const { status, body } = await api.confirm(order, await world.simulator.authenticate(order));
  expect(status).toBe(200);
  return { order, payment: body.payment, subscription: body.subscription };
}

/** A buyer of BASIC on 1 April at ten, Seoul time: a period of 30 days. */
async function subscriber(planId = 1) {
  await world.clock.reset();
  await world.clock.set('2027-04-01T10:00:00+09:00');
  const api = await make.buyer();
  const { subscription } = await buy(api, planId);
  return { api, id: subscription.id as string, subscription };
}

const newPlan = async (price: number, durationMonths = 1): Promise<number> =>
  (await admin.post('/v1/plans', { type: 'PREMIUM', name: `${price}`, price, durationMonths })).body.id;

describe('an upgrade', () => {
  it('is previewed, ordered at the difference, and switches the plan at once for the rest of the period', async () => {
    const { api, id, subscription } = await subscriber();
    await world.clock.set('2027-04-16T09:00:00+09:00');
    const preview = await api.post(`/v1/subscriptions/${id}/preview-change`, { planId: 2 });
    expect(preview).toMatchObject({
      status: 200,
      body: { kind: 'upgrade', credit: 4_950, charge: 9_950, amountDue: 5_000, periodEnd: subscription.endDate },
    });

    const order = await api.order(2);
    expect(order).toMatchObject({
      amount: 5_000,
      balanceUsed: 0,
      proration: { kind: 'upgrade', credit: 4_950, charge: 9_950, amountDue: 5_000, fromPlanId: 1 },
    });
    const { body } = await api.confirm(order, await world.simulator.authenticate(order));
    expect(body.subscription).toMatchObject({
      id,
      planId: 2,
      plan: { name: '프리미엄' },
      startDate: subscription.startDate,
      endDate: subscription.endDate,
    });

    const { periods } = (await api.get(`/v1/subscriptions/${id}`)).body;
    expect(periods).toMatchObject([
      { planId: 1, price: 9_900, credited: 4_950, voidedAt: null },
      { planId: 2, price: 9_950, credited: 0, endsAt: subscription.endDate, orderId: order.orderId },
    ]);
    expect(periods[0].endsAt).toBe(periods[1].startsAt);
    const { data } = (await api.get(`/v1/subscriptions/${id}/timeline`)).body;
    expect(data.map(({ type }: { type: string }) => type)).toEqual(['subscription.activated', 'subscription.changed']);
  });

  it('twice in a day credits the first change whole', async () => {
    const dearest = await newPlan(39_900);
    const { api, id } = await subscriber();
    await world.clock.set('2027-04-16T09:00:00+09:00');
    await buy(api, 2);
    const order = await api.order(dearest);
    expect(order).toMatchObject({ proration: { credit: 9_950, charge: 19_950 }, amount: 10_000 });
    const { body } = await api.confirm(order, await world.simulator.authenticate(order));
    expect(body.subscription).toMatchObject({ id, planId: dearest });
  });

  it('is valid for the day it was quoted on', async () => {
    const { api } = await subscriber();
    await world.clock.set('2027-04-16T23:59:58+09:00');
    const order = await api.order(2);
    expect(order['expiresAt']).toBe('2027-04-16T15:00:00.000Z');
    const paymentKey = await world.simulator.authenticate(order);
    await world.clock.set('2027-04-17T00:00:01+09:00');
    expect(await api.confirm(order, paymentKey)).toMatchObject({ status: 410, body: { code: 'ORDER_EXPIRED' } });
  });

  it('is not taken when the subscription has changed since it was quoted', async () => {
    const { api } = await subscriber();
    const outdated = await api.order(2);
    const paymentKey = await world.simulator.authenticate(outdated);
    await buy(api, 1);
    expect(await api.confirm(outdated, paymentKey)).toMatchObject({ status: 409, body: { code: 'ORDER_OUTDATED' } });
    expect(await world.simulator.requests(outdated.orderId)).toEqual([]);
  });

  it('to another cycle is charged in full, the unused part of the old credited', async () => {
    const yearly = await newPlan(199_000, 12);
    const { api, id } = await subscriber();
    await world.clock.set('2027-04-16T09:00:00+09:00');
    const order = await api.order(yearly);
    expect(order).toMatchObject({ amount: 199_000 - 4_950, proration: { credit: 4_950, charge: 199_000 } });
    const { body } = await api.confirm(order, await world.simulator.authenticate(order));
    expect(body.subscription).toMatchObject({ id, planId: yearly });
    expect(nearly(body.subscription.endDate) - nearly('2028-04-16T09:00:00+09:00')).toBeLessThan(60_000);
  });

  it('is kept when a look finds out what the asker has just settled', async () => {
    const { api, id } = await subscriber();
    const order = await api.order(2);
    const paymentKey = await world.simulator.authenticate(order);
    // Toss takes the money at once and answers late; the look is under way by then, and ends after that.
    await world.simulator.fault({ on: 'confirm', kind: 'slow_after', orderId: order.orderId, delayMs: 700 });
    await world.simulator.fault({ on: 'get', kind: 'slow', orderId: order.orderId, delayMs: 1_400 });
    const confirm = api.confirm(order, paymentKey);
    await eventually(
      'Toss to be asked',
      async () =>
        (await world.simulator.confirms(order.orderId)).length > 0 ||
        (await world.simulator.books(order.orderId)).payments[0]?.status === 'DONE',
    );
    await world.clock.advance('PT6S');
    expect(await confirm).toMatchObject({
      status: 200,
      body: { payment: { status: 'SUCCESS' }, subscription: { id, planId: 2 } },
    });
    expect((await world.simulator.books(order.orderId)).payments).toMatchObject([
      { status: 'DONE', balanceAmount: 10_000 },
    ]);
    expect(await world.database.query('SELECT FROM payment_void WHERE provider_ref = $1', [paymentKey])).toEqual([]);
  });

  it('of two paid at once, one changes the plan and the money of the other goes back', async () => {
    const { api, id } = await subscriber();
    const [first, second] = [await api.order(2), await api.order(2)];
    const keys = [await world.simulator.authenticate(first), await world.simulator.authenticate(second)] as const;
    await world.simulator.fault({ on: 'confirm', kind: 'slow', times: 2, delayMs: 300 });
    const answers = await Promise.all([api.confirm(first, keys[0]), api.confirm(second, keys[1])]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe('ORDER_OUTDATED');
    const { periods, planId } = (await api.get(`/v1/subscriptions/${id}`)).body;
    expect(planId).toBe(2);
    expect(periods).toHaveLength(2);
    await world.simulator.clearFaults();
  });
});

describe('a downgrade', () => {
  it('cannot be ordered, is scheduled, and takes over with the next period', async () => {
    const { api, id, subscription } = await subscriber(2);
    expect(await api.post('/v1/temp-orders', { planId: 1 })).toMatchObject({
      status: 409,
      body: { code: 'DOWNGRADE_AT_PERIOD_END' },
    });
    expect((await api.post(`/v1/subscriptions/${id}/preview-change`, { planId: 1 })).body).toMatchObject({
      kind: 'downgrade',
      amountDue: 0,
      effectiveAt: subscription.endDate,
    });
    expect((await api.post(`/v1/subscriptions/${id}/change`, { planId: 1 })).body).toMatchObject({
      planId: 2,
      nextPlanId: 1,
    });

    const { subscription: extended } = await buy(api, 1);
    expect(extended).toMatchObject({ id, planId: 2, nextPlanId: 1 });
    await world.clock.set('2027-05-02T00:00:01+09:00');
    expect((await api.get('/v1/subscriptions/me')).body).toMatchObject({
      id,
      planId: 1,
      nextPlanId: null,
      isActive: true,
    });
    const { data } = (await api.get(`/v1/subscriptions/${id}/timeline`)).body;
    expect(data.map(({ type }: { type: string }) => type)).toEqual([
      'subscription.activated',
      'subscription.change_scheduled',
      'subscription.extended',
      'subscription.changed',
    ]);
  });

  it('can be taken back', async () => {
    const { api, id } = await subscriber(2);
    await api.post(`/v1/subscriptions/${id}/change`, { planId: 1 });
    expect((await api.post(`/v1/subscriptions/${id}/change`, { planId: 2 })).body).toMatchObject({
      planId: 2,
      nextPlanId: null,
    });
  });
});

describe('what is too small to charge', () => {
  it('is carried, and the next order makes up for it', async () => {
    const slightly = await newPlan(9_950);
    const { api, id } = await subscriber();
    expect(await api.post('/v1/temp-orders', { planId: slightly })).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_TO_PAY' },
    });
    expect((await api.post(`/v1/subscriptions/${id}/change`, { planId: slightly })).body).toMatchObject({
      planId: slightly,
    });
    expect((await api.get(`/v1/subscriptions/${id}`)).body.periods.at(-1)).toMatchObject({
      orderId: null,
      price: 9_950,
    });
    expect(await api.order(slightly)).toMatchObject({ amount: 10_000, balanceUsed: -50 });
    // An upgrade that has to be paid is not given away.
    expect(await api.post(`/v1/subscriptions/${id}/change`, { planId: 2 })).toMatchObject({
      status: 409,
      body: { code: 'CHANGE_NEEDS_PAYMENT' },
    });
  });

  it('a credit larger than the charge becomes balance, which the next order uses, up to its whole price', async () => {
    const other = await newPlan(10_000, 2);
    const { api, id } = await subscriber();
    await buy(api, 1);
    await buy(api, 1);
    await world.clock.set('2027-04-16T09:00:00+09:00');
    expect((await api.post(`/v1/subscriptions/${id}/preview-change`, { planId: other })).body).toMatchObject({
      kind: 'upgrade',
      credit: 24_750,
      charge: 10_000,
      amountDue: 0,
    });
    expect((await api.post(`/v1/subscriptions/${id}/change`, { planId: other })).body).toMatchObject({ planId: other });

    const free = await api.order(other);
    expect(free).toMatchObject({ amount: 0, balanceUsed: 10_000 });
    expect(await api.post('/v1/payments/confirm', { orderId: free.orderId, amount: 10_000 })).toMatchObject({
      status: 400,
    });
    const complete = () => api.post('/v1/payments/confirm', { orderId: free.orderId, amount: 0 });
    const answers = await Promise.all([complete(), complete(), complete()]);
    for (const answer of [...answers, await complete()]) {
      expect(answer).toMatchObject({
        status: 200,
        body: {
          title: '결제 성공',
          payment: { orderId: free.orderId, amount: 0, status: 'SUCCESS', paymentKey: null },
          subscription: { id, planId: other },
        },
      });
    }
    expect(await world.simulator.requests(free.orderId)).toEqual([]);
    expect(
      (await api.get(`/v1/subscriptions/${id}`)).body.periods.filter(
        ({ orderId }: { orderId: string }) => orderId === free.orderId,
      ),
    ).toMatchObject([{ price: 10_000 }]);
    expect(await api.order(other)).toMatchObject({ amount: 5_250, balanceUsed: 4_750 });
  });
});
