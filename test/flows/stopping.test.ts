import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { Subscriber, Subscribers } from '../support/subscribers.ts';
import type { World } from '../support/world.ts';

let world: World;
let people: Subscribers;
let operator: Api;

setupWorld((setup) => ({ world, people, operator } = setup));

const down = async (times = 0) => {
  for (const on of ['billing', 'get']) await world.simulator.fault({ on, kind: 'drop_before', times });
};
const latest = async (api: Api) => (await api.get('/v1/payments')).body.data[0];
const charges = async (api: Api) =>
  (await world.simulator.charges((await latest(api)).orderId)).filter(({ status }) => status !== null);

describe('a renewal that the provider never saw', () => {
  /** Due while the provider is down. */
  async function due(year: number): Promise<Subscriber> {
    await people.at(`${year}-01-10T12:00`);
    const one = await people.withCard();
    await people.at(`${year}-02-10T09:59`);
    await down();
    await people.at(`${year}-02-10T10:01`);
    expect(await latest(one.api)).toMatchObject({ status: 'PENDING' });
    return one;
  }

  it('is not sent after the buyer has cancelled, and the card can be removed', async () => {
    const one = await due(2027);
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}`)).status).toBe(409);
    expect((await one.api.post(`/v1/subscriptions/${one.id}/cancel`)).status).toBe(200);
    await people.at('2027-02-16T12:00');
    await world.simulator.clearFaults();
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}`)).status).toBe(204);
    await people.at('2027-02-16T14:00');
    expect(await people.taken(one)).toEqual([9_900]);
    expect(await latest(one.api)).toMatchObject({ status: 'FAILED', failure: { code: 'PAYMENT_STOPPED' } });
    expect(await charges(one.api)).toEqual([]);
    await people.at('2027-02-18T00:01');
    expect(await people.get(one)).toMatchObject({ status: 'CANCELED', isActive: false, pastDueSince: null });
  });

  it('is charged under another order once the buyer resumes', async () => {
    const one = await due(2028);
    await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
    await one.api.post(`/v1/subscriptions/${one.id}/resume`);
    const { orderId: stopped } = await latest(one.api);
    await people.at('2028-02-10T16:00');
    await world.simulator.clearFaults();
    await people.at('2028-02-10T17:00');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    expect((await latest(one.api)).orderId).not.toBe(stopped);
    expect(await people.get(one)).toMatchObject({ status: 'ACTIVE', endDate: expect.stringContaining('2028-03-10') });
  });

  it('is charged when the provider is back and the buyer did nothing', async () => {
    const one = await due(2029);
    await people.at('2029-02-12T12:00');
    await world.simulator.clearFaults();
    await people.at('2029-02-12T12:02');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
  });
});

it('a renewal that the provider had taken before the cancellation is granted', async () => {
  await people.at('2030-01-10T12:00');
  const one = await people.withCard();
  await people.at('2030-02-10T09:59');
  await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
  await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
  await people.at('2030-02-10T10:01');
  await one.api.post(`/v1/subscriptions/${one.id}/cancel`);
  await world.simulator.clearFaults();
  await people.at('2030-02-10T10:03');
  expect(await people.taken(one)).toEqual([9_900, 9_900]);
  expect(await people.get(one)).toMatchObject({
    cancelAtPeriodEnd: true,
    nextChargeAt: null,
    endDate: expect.stringContaining('2030-03-10'),
  });
});

describe('a first charge whose outcome is unknown', () => {
  /** A subscribe whose answer does not come. */
  async function subscribing(time: string, kind: 'drop_before' | 'drop_after') {
    await people.at(time);
    const api = await people.user();
    const billingKeyId = await api.putCardOnFile(world.simulator);
    await world.simulator.fault({ on: 'billing', kind, times: 0 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
    const { status, body } = await api.post('/v1/subscriptions', { planId: 1, billingKeyId });
    expect({ status, body }).toMatchObject({ status: 202, body: { payment: { status: 'PENDING' } } });
    return { api, billingKeyId, orderId: body.payment.orderId as string };
  }

  it('can be stopped: it is never sent again, and the buyer is free', async () => {
    const { api, billingKeyId, orderId } = await subscribing('2031-01-10T12:00', 'drop_before');
    expect((await (await people.user()).post(`/v1/payments/${orderId}/cancel`)).status).toBe(404);
    for (let times = 0; times < 2; times++)
      expect(await api.post(`/v1/payments/${orderId}/cancel`)).toMatchObject({ status: 202, body: { orderId } });
    // Nothing waits for it: another card, another subscription.
    expect((await api.delete(`/v1/billing-keys/${billingKeyId}`)).status).not.toBe(409);
    await world.simulator.clearFaults();
    const other = await api.putCardOnFile(world.simulator);
    expect((await api.post('/v1/subscriptions', { planId: 2, billingKeyId: other })).status).toBe(200);
    await people.at('2031-01-12T12:00');
    expect(await people.taken({ api })).toEqual([19_900]);
    expect((await api.get(`/v1/payments/${orderId}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'PAYMENT_STOPPED' },
    });
    await api.post(`/v1/subscriptions/${(await api.get('/v1/subscriptions/me')).body.id}/cancel`);
  });

  it('and that was taken goes back', async () => {
    const { api, orderId } = await subscribing('2031-03-10T12:00', 'drop_after');
    expect((await api.post(`/v1/payments/${orderId}/cancel`)).status).toBe(202);
    await world.simulator.clearFaults();
    await people.at('2031-03-10T12:05');
    expect((await api.get(`/v1/payments/${orderId}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'PAYMENT_STOPPED' },
    });
    expect((await world.simulator.books(orderId)).payments).toMatchObject([{ status: 'CANCELED', balanceAmount: 0 }]);
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
  });

  it('is the only payment that can be stopped', async () => {
    await people.at('2031-05-10T12:00');
    const one = await people.withCard();
    expect(await one.api.post(`/v1/payments/${(await latest(one.api)).orderId}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_NOT_STOPPABLE' },
    });
  });
});

describe('a payment that stays unknown', () => {
  /** The provider works on it for ever. */
  async function stuck(year: number) {
    await people.at(`${year}-01-10T12:00`);
    const one = await people.withCard();
    await people.at(`${year}-02-10T09:59`);
    await world.simulator.fault({ on: 'billing', kind: 'error_before', times: 0 });
    await people.at(`${year}-03-01T12:00`);
    const { orderId, status } = await latest(one.api);
    expect(status).toBe('PENDING');
    return { one, orderId: orderId as string };
  }
  const resolve = (orderId: string, body: object) => operator.post(`/v1/payments/${orderId}/resolve`, body);

  it('is ended by an operator: not paid, and then charged under another order', async () => {
    const { one, orderId } = await stuck(2032);
    expect((await one.api.post(`/v1/payments/${orderId}/resolve`, { outcome: 'paid', reason: '제 돈' })).status).toBe(
      403,
    );
    expect((await resolve(orderId, { outcome: 'maybe', reason: '모름' })).status).toBe(400);
    expect(await resolve(orderId, { outcome: 'not_paid', reason: '상점관리자에서 미결제 확인' })).toMatchObject({
      status: 200,
      body: { status: 'FAILED', failure: { code: 'RESOLVED_NOT_PAID' } },
    });
    expect(await resolve(orderId, { outcome: 'not_paid', reason: '다시' })).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_NOT_PENDING' },
    });
    await world.simulator.clearFaults();
    await people.at('2032-03-01T12:05');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    const { data } = (await operator.get('/v1/operations/audit-log?limit=20')).body;
    expect(data).toContainEqual(
      expect.objectContaining({
        action: 'payment.resolve',
        orderId,
        reason: '상점관리자에서 미결제 확인',
        actor: 'op',
      }),
    );
  });

  it('is not ended against what the provider shows', async () => {
    await people.at('2033-01-10T12:00');
    const api = await people.user();
    const billingKeyId = await api.putCardOnFile(world.simulator);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
    const { orderId } = (await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).body.payment;
    await people.at('2033-01-10T12:20');
    await world.simulator.clearFaults();
    expect(await resolve(orderId, { outcome: 'not_paid', reason: '미결제로 보임' })).toMatchObject({ status: 409 });
    expect(await resolve(orderId, { outcome: 'paid', reason: '상점관리자에서 결제 확인' })).toMatchObject({
      status: 200,
      body: { status: 'SUCCESS' },
    });
    expect((await api.get('/v1/subscriptions/me')).body).toMatchObject({ status: 'ACTIVE' });
    await api.post(`/v1/subscriptions/${(await api.get('/v1/subscriptions/me')).body.id}/cancel`);
  });

  it('blocks its buyer no longer than they want: the card goes when the subscription is cancelled', async () => {
    const { one } = await stuck(2034);
    expect((await one.api.post(`/v1/subscriptions/${one.id}/cancel`)).status).toBe(200);
    await world.simulator.clearFaults();
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}`)).status).toBe(204);
    await people.at('2034-03-03T12:00');
    expect(await people.get(one)).toMatchObject({ isActive: false, status: 'CANCELED' });
    expect(await latest(one.api)).toMatchObject({ status: 'FAILED' });
  });
});

describe('an order id that is used up', () => {
  it('after a wrong amount: once an operator releases it, the charge is made under another one', async () => {
    await people.at('2035-01-10T12:00');
    const one = await people.withCard();
    await people.at('2035-02-10T09:59');
    await world.simulator.fault({ on: 'billing', kind: 'wrong_amount' });
    await people.at('2035-02-10T10:01');
    await people.at('2035-02-11T12:00');
    expect((await operator.post(`/v1/operations/renewals/${one.id}/release`)).status).toBe(200);
    await people.at('2035-02-11T12:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
  });

  it.each([
    ['DUPLICATED_ORDER_ID', 2036],
    ['ALREADY_PROCESSED_PAYMENT', 2037],
  ] as const)('as the provider says on a retry, %s: the next attempt uses another one', async (code, year) => {
    await people.at(`${year}-01-10T12:00`);
    const one = await people.withCard();
    await people.at(`${year}-02-10T09:59`);
    await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
    await people.at(`${year}-02-10T10:01`);
    expect(await people.get(one)).toMatchObject({ status: 'PAST_DUE' });
    const { orderId: first } = await latest(one.api);
    await world.simulator.fault({ on: 'billing', kind: 'refuse', code, orderId: first, times: 0 });
    await people.at(`${year}-02-11T10:20`);
    expect(await people.taken(one)).toEqual([9_900, 9_900]);
    expect((await latest(one.api)).orderId).not.toBe(first);
    expect(await people.get(one)).toMatchObject({ status: 'ACTIVE', pastDueSince: null });
  });
});

it('a renewal that cannot be read is set aside for an operator, and holds up no other', async () => {
  await people.at('2038-01-10T12:00');
  const [broken, well] = [await people.withCard(), await people.withCard()];
  await world.database.query(`UPDATE payment_method SET sealed_key = 'v1:none:AAAA' WHERE id = $1::uuid`, [
    broken.cardId,
  ]);
  await people.at('2038-02-10T10:01');
  expect(await people.taken(well)).toEqual([9_900, 9_900]);
  expect(await people.taken(broken)).toEqual([9_900]);
  const { data } = (await operator.get('/v1/operations/renewals?date=2038-02-10')).body;
  expect(data).toContainEqual(expect.objectContaining({ subscriptionId: broken.id, state: 'HELD' }));
});

it('a renewal that cannot be decided about is set aside for an operator, and holds up no other', async () => {
  await people.at('2038-05-10T12:00');
  const [broken, well] = [await people.withCard(), await people.withCard()];
  // A row that no program should write: the database refuses its invoice.
  await world.database.query(`UPDATE subscription SET agreed_months = 2000000000 WHERE id = $1::uuid`, [broken.id]);
  await world.database.query(`ALTER TABLE invoice ADD CONSTRAINT invoice_months_sane CHECK (duration_months < 1000)`);
  await people.at('2038-06-10T10:01');
  expect(await people.taken(well)).toEqual([9_900, 9_900]);
  expect(await people.taken(broken)).toEqual([9_900]);
  const state = () =>
    world.database.query(
      'SELECT status, renewal_state AS renewal, renewal_held_reason AS why FROM subscription WHERE id = $1::uuid',
      [broken.id],
    );
  expect(await state()).toEqual([{ status: 'ACTIVE', renewal: 'ON_HOLD', why: 'DEFECT' }]);
  // Cancelled, it ends with its period, and nothing waits for the operator any more.
  expect((await broken.api.post(`/v1/subscriptions/${broken.id}/cancel`)).status).toBe(200);
  await people.at('2038-06-11T00:01');
  expect(await state()).toEqual([{ status: 'CANCELED', renewal: 'NONE', why: null }]);
  expect(await operator.post(`/v1/operations/renewals/${broken.id}/release`)).toMatchObject({
    status: 409,
    body: { code: 'NOTHING_HELD' },
  });
});

it('a charge whose program died before it was requested is made within a minute', async () => {
  await people.at('2039-01-10T12:00');
  const one = await people.withCard();
  await people.at('2039-02-10T10:00:30');
  // As a program leaves it that dies between the claim and the request.
  const renewal = await latest(one.api);
  await world.database.query(
    `
    WITH undone AS (DELETE FROM subscription_period WHERE order_id = $1 RETURNING subscription_id, starts_at),
    attempt AS (UPDATE payment_attempt SET outcome = NULL, answered_at = NULL, order_id = order_id WHERE order_id = $1),
    unpaid AS (UPDATE payment SET status = 'PENDING', approved_at = NULL, provider_ref = NULL,
      next_poll_at = created_at + interval '5 seconds', polled_at = NULL WHERE order_id = $1),
    owed AS (UPDATE invoice SET status = 'OPEN' WHERE order_id = $1),
    charging AS (UPDATE customer SET charging_order_id = $1 WHERE user_id = $2)
    UPDATE subscription SET end_date = starts_at, anchor_months = anchor_months - 1, renewal_order_id = $1,
      renewal_state = 'CHARGING', next_charge_at = NULL FROM undone WHERE id = undone.subscription_id`,
    [renewal.orderId, one.userId],
  );
  await people.at('2039-02-10T10:01:00');
  expect(await latest(one.api)).toMatchObject({ status: 'SUCCESS' });
  expect(await people.get(one)).toMatchObject({ endDate: expect.stringContaining('2039-03-10') });
});
