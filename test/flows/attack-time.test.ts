import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { Subscribers } from '../support/subscribers.ts';
import type { World } from '../support/world.ts';

let world: World;
let people: Subscribers;
let operator: Api;

setupWorld((setup) => ({ world, people, operator } = setup));

const pause = () => operator.post('/v1/operations/renewals/pause', { reason: '점검' });
const resume = () => operator.post('/v1/operations/renewals/resume');
const release = (id: string) => operator.post(`/v1/operations/renewals/${id}/release`);
const notices = (id: string) => people.events(id, 'renewal_upcoming');
const addBalance = (userId: string, amount: number) =>
  world.database.query(
    `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, $2, 'kept', now())`,
    [userId, amount],
  );

describe('two periods of one subscription are not charged on one day', () => {
  it('when renewals are resumed a little before the next charge hour', async () => {
    await people.at('2027-01-10T12:00');
    const one = await people.withCard();
    await people.at('2027-02-10T09:30');
    await pause();
    await people.at('2027-03-10T08:00');
    await resume();
    await people.at('2027-03-10T08:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    await people.at('2027-03-10T23:00');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    await people.at('2027-03-11T10:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900, 9_900]);
  });

  it('when an order of long ago is charged and the next period is released', async () => {
    await people.at('2028-01-10T12:00');
    const one = await people.withCard();
    await people.at('2028-02-10T09:30');
    await world.simulator.fault({ on: 'billing', kind: 'refuse', code: 'NOT_SUPPORTED_METHOD', times: 1 });
    await people.at('2028-02-10T10:01');
    await pause();
    await people.at('2028-03-15T11:30');
    await resume();
    await people.at('2028-03-15T12:59');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    expect((await release(one.id)).body).toMatchObject({ nextChargeAt: expect.stringContaining('16T01:00:00.000Z') });
    await people.at('2028-03-15T23:00');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
  });

  it('when the buyer cancels and resumes after a release', async () => {
    await people.at('2029-01-10T12:00');
    const one = await people.withCard();
    await people.at('2029-02-10T09:30');
    await pause();
    await people.at('2029-03-15T12:00');
    await resume();
    await people.at('2029-03-15T12:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    expect((await release(one.id)).body).toMatchObject({ nextChargeAt: expect.stringContaining('16T01:00:00.000Z') });
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    await one.api.post(`/v1/subscriptions/${one.id}/resume`);
    await people.at('2029-03-15T23:00');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
  });
});

it('a release does not charge for a period before its charge hour', async () => {
  await people.at('2030-01-10T12:00');
  const one = await people.withCard();
  await people.at('2030-02-10T09:59');
  await world.simulator.fault({ on: 'billing', kind: 'wrong_amount' });
  await people.at('2030-02-10T10:01');
  await people.buy(one.api, 1);
  expect(await people.get(one)).toMatchObject({ endDate: expect.stringContaining('2030-03-10') });
  await people.at('2030-02-11T12:00');
  expect((await release(one.id)).body).toMatchObject({ nextChargeAt: '2030-03-10T01:00:00.000Z' });
  await people.at('2030-02-13T12:00');
  expect(await people.taken(one)).toEqual([9_900, 9_900]);
  await people.at('2030-03-10T10:01');
  expect(await people.taken(one)).toEqual([9_900, 9_900, 9_900]);
});

describe('a renewal is not put off for ever', () => {
  it('by a buyer who changes the plan back and forth', async () => {
    await people.at('2031-01-10T12:00');
    const one = await people.withCard({ planId: 2 });
    await people.change(one, 1);
    await people.at('2031-02-10T09:30');
    for (let day = 10; day < 16; day++) {
      await people.at(`2031-02-${day}T09:30`);
      await people.change(one, 2);
      await people.at(`2031-02-${day}T10:30`);
      await people.change(one, 1);
    }
    expect(await people.taken(one)).toHaveLength(2);
  });

  it('by a buyer whose orders reserve their balance', async () => {
    await people.at('2032-01-10T12:00');
    const one = await people.withCard();
    await addBalance(one.userId, 4_000);
    for (let day = 10; day < 14; day++) {
      await people.at(`2032-02-${day}T09:30`);
      await one.api.order(1);
      await people.at(`2032-02-${day}T10:31`);
    }
    const taken = await people.taken(one);
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    await addBalance(one.userId, -4_000);
    expect(taken).toHaveLength(2);
  });
});

it('a charge does not come before the time that was announced, also after cancel and resume', async () => {
  await people.at('2033-01-10T12:00');
  const one = await people.withCard({ planId: 2 });
  await people.change(one, 1);
  await people.at('2033-02-10T09:30');
  await people.change(one, 2);
  await people.at('2033-02-10T10:01');
  expect((await notices(one.id)).at(-1)).toMatchObject({ amount: 19_900, chargeAt: '2033-02-11T01:00:00.000Z' });
  await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
  await one.api.post(`/v1/subscriptions/${one.id}/resume`);
  await people.at('2033-02-10T20:00');
  expect(await people.taken(one)).toEqual([19_900]);
  await people.at('2033-02-11T10:01');
  expect(await people.taken(one)).toEqual([19_900, 19_900]);
});

it('past due, no more is charged than was announced', async () => {
  await people.at('2034-01-10T12:00');
  const one = await people.withCard();
  await addBalance(one.userId, 4_000);
  await people.at('2034-02-10T09:30');
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT', times: 1 });
  await people.at('2034-02-10T10:01');
  expect(await people.get(one)).toMatchObject({ status: 'PAST_DUE' });
  await people.at('2034-02-11T09:30');
  await one.api.order(1);
  await people.at('2034-02-11T10:10');
  const taken = await people.taken(one);
  await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
  await addBalance(one.userId, -4_000);
  expect(taken).toEqual([9_900]);
});

it('a first charge that an operator took for not paid goes back where the buyer has subscribed again', async () => {
  await people.at('2036-01-10T12:00');
  const api = await people.user();
  const billingKeyId = await api.putCardOnFile(world.simulator);
  await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
  await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
  const { orderId } = (await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).body.payment;
  await people.at('2036-01-10T12:20');
  expect(
    (await operator.post(`/v1/payments/${orderId}/resolve`, { outcome: 'not_paid', reason: '미결제로 보임' })).status,
  ).toBe(200);
  await world.simulator.clearFaults();
  expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).status).toBe(200);
  const { paymentKey } = (await world.simulator.books(orderId)).payments[0]!;
  const data = { paymentKey, orderId, status: 'DONE' };
  await world.api.post('/v1/webhooks/toss', {
    eventType: 'PAYMENT_STATUS_CHANGED',
    createdAt: '2036-01-10T12:21:00.000',
    data,
  });
  await people.at('2036-01-12T12:00');
  expect(await people.taken({ api })).toEqual([9_900]);
  expect((await world.simulator.books(orderId)).payments).toMatchObject([{ balanceAmount: 0 }]);
});

it('a consent after a declined charge of a trial is heeded', async () => {
  await people.at('2037-01-01T12:00');
  const one = await people.withCard({ trialDays: 30 });
  await one.api.post(`/v1/subscriptions/${one.id}/consents`, { textVersion: '1', channel: 'web' });
  await people.at('2037-01-31T09:30');
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT', times: 1 });
  await people.at('2037-01-31T10:01');
  expect(await people.get(one)).toMatchObject({ status: 'PAST_DUE' });
  await people.at('2037-02-01T10:10');
  expect((await one.api.get(`/v1/subscriptions/${one.id}/consents`)).body.needed).toMatchObject({
    kind: 'TRIAL_TO_PAID',
    open: true,
  });
  await one.api.post(`/v1/subscriptions/${one.id}/consents`, { textVersion: '1', channel: 'web' });
  await people.at('2037-02-03T12:00');
  expect(await people.taken(one)).toEqual([9_900]);
});

it('a subscription whose card is refused for our own sake is told to operators while it goes on unpaid', async () => {
  await people.at('2038-01-10T12:00');
  const one = await people.withCard();
  await people.at('2038-02-10T09:59');
  await world.simulator.fault({ on: 'billing', kind: 'refuse', code: 'NOT_SUPPORTED_METHOD', times: 0 });
  await people.at('2038-02-22T12:00');
  expect(await people.get(one)).toMatchObject({ status: 'ACTIVE', isActive: true });
  const { invariants } = (await operator.get('/v1/operations/invariants')).body;
  expect(invariants).toContainEqual(expect.objectContaining({ name: 'unpaid_time_is_explained', broken: 1 }));
});

it('a month bought by hand after a trial is no consent to be charged for the next', async () => {
  await people.at('2041-01-10T12:00');
  const one = await people.withCard({ trialDays: 7 });
  await people.at('2041-01-12T12:00');
  await people.buy(one.api, 1);
  expect(await people.get(one)).toMatchObject({ status: 'ACTIVE' });
  await people.at('2041-02-12T12:00');
  expect((await one.api.get(`/v1/subscriptions/${one.id}/consents`)).body.needed).toMatchObject({
    kind: 'TRIAL_TO_PAID',
    price: 9_900,
    open: true,
  });
  expect(await notices(one.id)).toMatchObject([{ consentRequired: true }, { consentRequired: true }]);
  await people.at('2041-03-20T12:00');
  expect(await people.get(one)).toMatchObject({ isActive: false });
  expect(await people.taken(one)).toEqual([9_900]);
});

it('a renewal that was stopped, paid for by hand, and is then found taken goes back', async () => {
  await people.at('2042-01-10T12:00');
  const one = await people.withCard();
  await people.at('2042-02-10T09:59');
  await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
  await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
  await people.at('2042-02-10T10:01');
  expect((await one.api.post(`/v1/subscriptions/${one.id}/cancel`)).status).toBe(200);
  await people.buy(one.api, 1);
  await world.simulator.clearFaults();
  await people.at('2042-02-10T12:30');
  expect(await people.taken(one)).toEqual([9_900, 9_900]);
  expect((await people.get(one)).endDate).toContain('2042-03-10');
});
