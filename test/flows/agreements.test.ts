import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { Subscribers } from '../support/subscribers.ts';
import type { World } from '../support/world.ts';

let world: World;
let make: Make;
let people: Subscribers;
let admin: Api;

setupWorld((setup) => ({ world, make, people, admin } = setup));

const patch = (planId: number, change: object) => admin.patch(`/v1/plans/${planId}`, change);
const decline = (times: number, code = 'REJECT_CARD_PAYMENT') =>
  world.simulator.fault({ on: 'billing', kind: 'decline', code, times });

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
    expect(after.endDate).toContain('2027-11-05T00:00:');
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
    await people.at('2028-02-10T12:01');
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
    await people.at('2028-06-10T15:01');
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

describe('a change of a plan reaches nobody who subscribed', () => {
  it.each([
    ['a higher price', { price: 30_000 }],
    ['a lower price', { price: 5_000 }],
    ['a shorter time', { durationMonths: 1 }],
    ['a longer time', { durationMonths: 24 }],
  ])('%s', async (name, change) => {
    const year = 2030 + ['higher', 'lower', 'shorter', 'longer'].findIndex((word) => name.includes(word)) * 4;
    await people.at(`${year}-01-10T12:00`);
    const planId = await make.plan(20_000, 3);
    const one = await people.withCard({ planId });
    await patch(planId, change);
    expect((await one.api.get(`/v1/subscriptions/${one.id}/consents`)).body.needed).toBeNull();
    await people.at(`${year}-04-10T10:01`);
    await people.at(`${year}-07-10T10:01`);
    expect(await people.taken(one)).toEqual([20_000, 20_000, 20_000]);
    expect((await people.get(one)).endDate).toContain(`${year}-10-10T03:00`);
    expect((await people.events(one.id, 'renewal_upcoming')).map(({ amount }) => amount)).toEqual([20_000, 20_000]);
  });

  it('nor one who scheduled it: what was shown when they chose is what is charged', async () => {
    await people.at('2046-01-10T12:00');
    const [yearly, monthly] = [await make.plan(99_000, 12), await make.plan(19_900)];
    const one = await people.withCard({ planId: yearly });
    expect((await people.change(one, monthly)).status).toBe(200);
    await patch(monthly, { price: 90_000 });
    await people.at('2047-01-10T10:01');
    await people.at('2047-02-10T10:01');
    expect(await people.taken(one)).toEqual([99_000, 19_900, 19_900]);
  });

  it('nor a renewal that was declined before', async () => {
    await people.at('2048-01-10T12:00');
    const planId = await make.plan(15_000);
    const one = await people.withCard({ planId });
    await decline(1);
    await people.at('2048-02-10T11:00');
    await patch(planId, { price: 50_000 });
    await people.at('2048-02-11T10:01');
    expect(await people.taken(one)).toEqual([15_000, 15_000]);
  });

  it('nor what a card renews after another plan was bought once by hand', async () => {
    await people.at('2048-05-10T12:00');
    const yearly = await make.plan(99_000, 12);
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

it('the refund of an upgrade restores what was agreed before it', async () => {
  await people.at('2056-06-05T12:00');
  const yearly = await make.plan(99_000, 12);
  const dearer = await make.plan(199_000, 12);
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
