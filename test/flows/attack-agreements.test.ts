import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { stallStatements } from '../support/stalls.ts';
import type { Subscribers } from '../support/subscribers.ts';
import type { World } from '../support/world.ts';

let world: World;
let people: Subscribers;
let make: Make;
let admin: Api;

setupWorld((setup) => ({ world, make, people, admin } = setup));

const refund = async (orderId: string, more: object = {}) => {
  const reason = '고객이 환불을 요청했습니다.';
  expect((await admin.post('/v1/refunds', { orderId, reason, overrideWindow: true, ...more })).status).toBe(201);
};
const balance = async (userId: string) =>
  (
    await world.database.query<{ sum: number }>(
      'SELECT COALESCE(sum(amount), 0)::int AS sum FROM balance_entry WHERE user_id = $1',
      [userId],
    )
  )[0]!.sum;
const refundReceiveAccount = { bank: '신한', accountNumber: '110123456789', holderName: '김구독' };

/** A user with BASIC, and an upgrade that waits for its deposit. */
async function upgradeByDeposit(planId = 2) {
  const api = await people.user();
  const { subscription } = await people.buy(api, 1);
  const order = await api.order(planId);
  await api.confirm(order, await world.simulator.authenticate(order, { method: '가상계좌' }));
  return { api, userId: api.userId, id: subscription.id as string, order };
}

/** A deposit for an upgrade that is no longer to be had stays as a balance of 10,000 won. */
async function withBalance() {
  const one = await upgradeByDeposit();
  await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
  await one.api.post(`/v1/subscriptions/${one.id}/resume`);
  await world.simulator.deposit(one.order.orderId);
  await world.clock.advance('PT11M');
  expect(await balance(one.userId)).toBe(10_000);
  return one;
}

describe('a change that is paid after the period is over', () => {
  it('buys no period: its deposit is kept in the balance', async () => {
    await people.at('2027-01-05T12:00');
    const api = await people.user();
    const { subscription } = await people.buy(api, 1);
    await people.at('2027-02-04T20:00');
    const order = await api.order(2);
    expect(order.amount).toBe(323);
    await api.confirm(order, await world.simulator.authenticate(order, { method: '가상계좌' }));
    await people.at('2027-02-05T13:00');
    await world.simulator.deposit(order.orderId);
    await world.clock.advance('PT8H');
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
    expect(await people.get({ api, id: subscription.id })).toMatchObject({ planId: 1, endDate: subscription.endDate });
    expect(await balance(api.userId)).toBe(323);
  });

  it('is refused before the provider is called', async () => {
    await people.at('2027-04-05T12:00');
    const yearly = await make.plan(99_000, 12);
    const api = await people.user();
    await people.buy(api, 1);
    await people.at('2027-05-05T11:50');
    const order = await api.order(yearly);
    const paymentKey = await world.simulator.authenticate(order);
    await people.at('2027-05-05T12:10');
    expect(await api.confirm(order, paymentKey)).toMatchObject({ status: 409, body: { code: 'ORDER_OUTDATED' } });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
  });
});

describe('a refund of what was bought during a trial', () => {
  it('leaves the trial: the card is not charged without the buyer’s consent', async () => {
    await people.at('2028-01-05T12:00');
    const one = await people.withCard({ trialDays: 10 });
    await refund((await people.buy(one.api, 1)).payment.orderId);
    expect(await people.get(one)).toMatchObject({ status: 'TRIALING', nextChargeAt: null });
    expect((await one.api.post(`/v1/subscriptions/${one.id}/resume`)).status).toBe(200);
    expect((await one.api.get(`/v1/subscriptions/${one.id}/consents`)).body.needed).toMatchObject({
      kind: 'TRIAL_TO_PAID',
      price: 9_900,
    });
    await people.at('2028-01-17T12:00');
    expect(await people.taken(one)).toEqual([9_900]);
    expect(await people.get(one)).toMatchObject({ isActive: false });
  });

  it('lets the next period last as long as it is paid for', async () => {
    await people.at('2028-03-05T12:00');
    const yearly = await make.plan(99_000, 12);
    const one = await people.withCard({ trialDays: 3 });
    await people.at('2028-03-06T12:00');
    await refund((await people.buy(one.api, yearly)).payment.orderId);
    await people.buy(one.api, 1);
    expect((await people.get(one)).endDate).toContain('2028-04-08T03:00');
  });
});

describe('an upgrade that was paid as it was quoted', () => {
  it('leaves no debt where its deposit comes days later', async () => {
    await people.at('2029-01-05T12:00');
    const { api, id, userId, order } = await upgradeByDeposit(await make.plan(99_000, 12));
    expect(order.amount).toBe(89_100);
    await people.at('2029-01-11T12:00');
    await world.simulator.deposit(order.orderId);
    await world.clock.advance('P1D');
    expect((await people.get({ api, id })).periods).toMatchObject([
      { price: 9_900, credited: 7_984 },
      { price: 89_100 + 7_984 },
    ]);
    expect(await balance(userId)).toBe(0);
  });

  it('leaves no debt where a part was given back before it was heard of', async () => {
    await people.at('2029-03-05T12:00');
    const api = await people.user();
    const { subscription } = await people.buy(api, 1);
    const order = await api.order(2);
    const paymentKey = await world.simulator.authenticate(order);
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', times: 2, orderId: order.orderId });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 60 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    await world.simulator.dashboardCancel(paymentKey, 1_000);
    await world.simulator.clearFaults();
    await world.clock.advance('PT2M');
    expect((await people.get({ api, id: subscription.id })).periods).toMatchObject([
      { credited: 9_900 },
      { price: 18_900 },
    ]);
    expect(await balance(api.userId)).toBe(0);
  });
});

it('an order that was declined, and is outdated since, says so', async () => {
  await people.at('2033-01-05T12:00');
  const api = await people.user();
  const { subscription } = await people.buy(api, 1);
  const order = await api.order(2);
  await world.simulator.fault({ on: 'confirm', kind: 'decline', code: 'REJECT_CARD_PAYMENT', orderId: order.orderId });
  expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(402);
  await api.post(`/v1/subscriptions/${subscription.id}/cancel`);
  const again = await api.confirm(order, await world.simulator.authenticate(order));
  expect(again).toMatchObject({ status: 409, body: { code: 'ORDER_OUTDATED' } });
});

describe('an order that uses the balance', () => {
  it('of 0 won is granted though the subscription changes in the same moment', async () => {
    await people.at('2030-01-05T12:00');
    const { api } = await withBalance();
    const payments: { orderId: string; amount: number }[] = (await api.get('/v1/payments')).body.data;
    const bought = payments.find(({ amount }) => amount === 9_900)!;
    const order = await api.order(1);
    const end = stallStatements(/UPDATE payment SET\s+status = COALESCE/, 1_500, 1);
    const completing = api.post('/v1/payments/confirm', { orderId: order.orderId, amount: 0 });
    await sleep(500);
    await refund(bought.orderId, { amount: 100 });
    expect(await completing).toMatchObject({ status: 200, body: { payment: { status: 'SUCCESS' } } });
    end();
  });

  it('of 0 won waits while the card is charged for the same period', async () => {
    await people.at('2030-01-05T12:00');
    const { api, id } = await withBalance();
    const cardId = await api.putCardOnFile(world.simulator);
    await api.post(`/v1/subscriptions/${id}/billing-key`, { billingKeyId: cardId });
    // Half an hour before the charge an order reserves the balance: the charge is announced anew, for the next day.
    await people.at('2030-02-05T09:31');
    await api.order(1);
    await people.at('2030-02-06T09:58');
    const order = await api.order(1);
    expect(order.amount).toBe(0);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 60 });
    await people.at('2030-02-06T10:00:20');
    const complete = () => api.post('/v1/payments/confirm', { orderId: order.orderId, amount: 0 });
    expect(await complete()).toMatchObject({ status: 409, body: { code: 'PAYMENT_IN_PROGRESS' } });
    await world.simulator.clearFaults();
    await people.at('2030-02-06T10:30');
    expect((await people.get({ api, id })).endDate).toContain('2030-03-05T03:');
    expect((await complete()).status).toBe(200);
    expect((await people.get({ api, id })).endDate).toContain('2030-04-05T03:');
  });

  it.each([
    ['of 0 won', 0],
    ['of a part', 1],
  ])('%s is outdated when a refund has taken the balance', async (_, which) => {
    await people.at(`${2031 + which}-01-05T12:00`);
    const { api, id, userId, order: kept } = await withBalance();
    const orders = [await api.order(1), await api.order(1)];
    expect(orders.map(({ amount }) => amount)).toEqual([0, 9_800]);
    const order = orders[which]!;
    const paymentKey = which === 0 ? undefined : await world.simulator.authenticate(order);
    await refund(kept.orderId, { refundReceiveAccount });
    const confirmed = await api.post('/v1/payments/confirm', {
      orderId: order.orderId,
      amount: order.amount,
      paymentKey,
    });
    expect(confirmed).toMatchObject({ status: 409, body: { code: 'ORDER_OUTDATED' } });
    expect(await world.simulator.requests(order.orderId)).toEqual([]);
    expect((await people.get({ api, id })).periods).toHaveLength(1);
    expect(await balance(userId)).toBe(0);
  });

  it('and waits for its deposit is not granted when a refund has taken the balance meanwhile', async () => {
    await people.at('2033-01-05T12:00');
    const { api, id, userId, order: kept } = await withBalance();
    const order = await api.order(await make.plan(12_000));
    await api.delete(`/v1/temp-orders/${order.orderId}`);
    const [, part] = [await api.order(1), await api.order(1)];
    await api.confirm(part, await world.simulator.authenticate(part, { method: '가상계좌' }));
    await refund(kept.orderId, { refundReceiveAccount });
    await world.simulator.deposit(part.orderId);
    await world.clock.advance('PT11M');
    expect((await api.get(`/v1/payments/${part.orderId}`)).body.status).toBe('SUCCESS');
    expect((await people.get({ api, id })).periods).toHaveLength(1);
    expect(await balance(userId)).toBe(9_800);
  });
});
