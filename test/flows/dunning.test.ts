import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { seoulMinute } from '../support/clock.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let users = 0;
let latest: (() => Promise<unknown>) | undefined;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.simulator.clearFaults();
  // Its renewals are not the next test's.
  await latest?.();
  await expectBooksToAgree(world);
});

const seoul = (text: string | null) => text && seoulMinute(text);
const timeline = async (api: Api, id: string) =>
  (await api.get(`/v1/subscriptions/${id}/timeline`)).body.data.map(({ type }: { type: string }) =>
    type.replace('subscription.', ''),
  );
const get = async (api: Api, id: string) => (await api.get(`/v1/subscriptions/${id}`)).body;
const renewals = async (api: Api) => (await api.get('/v1/payments')).body.data.slice(0, -1);

/** Each in a month of their own: born at noon on the 5th, due at ten a month later. */
let month = 0;
async function dueTomorrow() {
  const born = new Date(Date.UTC(2030, month, 5, 3));
  month += 3;
  await world.clock.set(born.toISOString());
  const api = await world.api.as(`dunned-${++users}`);
  const billingKeyId = await api.putCardOnFile(world.simulator);
  const { body } = await api.post('/v1/subscriptions', { planId: 1, billingKeyId });
  latest = () => api.post(`/v1/subscriptions/${body.subscription.id}/cancel`);
  const due = new Date(body.subscription.nextChargeAt);
  await world.clock.set(new Date(due.getTime() - 3_600_000).toISOString());
  return { api, billingKeyId, id: body.subscription.id as string, due, endDate: new Date(body.subscription.endDate) };
}
const decline = (code: string, times = 1) => world.simulator.fault({ on: 'billing', kind: 'decline', code, times });
const days = (from: Date, count: number, more = 0) =>
  new Date(from.getTime() + count * 86_400_000 + more).toISOString();

describe('a soft no', () => {
  it('is tried again after 1, 3, 5 and 7 days, the subscription usable; then it ends at midnight', async () => {
    const { api, id, due, endDate } = await dueTomorrow();
    await decline('REJECT_CARD_PAYMENT', 5);
    const tries = async () => (await world.simulator.charges((await renewals(api))[0].orderId)).length;
    await world.clock.set(days(due, 0, 60_000));
    expect(await get(api, id)).toMatchObject({ status: 'PAST_DUE', isActive: true, endDate: endDate.toISOString() });
    const tried = [await tries()];
    for (const day of [0.9, 1, 2.9, 3, 4.9, 5, 6.9]) {
      await world.clock.set(days(due, day, 120_000));
      tried.push(await tries());
      expect(await get(api, id)).toMatchObject({ status: 'PAST_DUE', isActive: true });
    }
    expect(tried).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    await world.clock.set(days(due, 7, 120_000));
    expect(await tries()).toBe(5);
    // Over at the midnight that follows, not before.
    expect(await get(api, id)).toMatchObject({ status: 'PAST_DUE', isActive: true, nextChargeAt: null });
    await world.clock.set(days(due, 7, 14 * 3_600_000 - 10_000));
    expect((await get(api, id)).isActive).toBe(true);
    await world.clock.set(days(due, 7, 14 * 3_600_000 + 10_000));
    expect(await get(api, id)).toMatchObject({ status: 'EXPIRED', isActive: false });
    expect(await timeline(api, id)).toEqual([
      'activated',
      'renewal_upcoming',
      'past_due',
      'past_due',
      'past_due',
      'past_due',
      'card_needed',
      'expired',
    ]);
    expect(await renewals(api)).toMatchObject([{ status: 'FAILED', failure: { code: 'REJECT_CARD_PAYMENT' } }]);
    // Every try was another asking of one and the same order.
    const keys = (await world.simulator.charges((await renewals(api))[0].orderId)).map(
      ({ idempotencyKey }) => idempotencyKey,
    );
    expect(new Set(keys).size).toBe(5);
    await world.clock.advance('P2M');
    expect(await tries()).toBe(5);
  });

  it('that turns into a yes counts from the day it was due', async () => {
    const { api, id, due } = await dueTomorrow();
    await decline('NOT_AVAILABLE_BANK', 2);
    await world.clock.set(days(due, 3, 120_000));
    const after = await get(api, id);
    expect(after).toMatchObject({ status: 'ACTIVE', pastDueSince: null, graceUntil: null });
    const [first, second] = after.periods;
    expect(second.startsAt).toBe(first.endsAt);
    expect(seoul(after.nextChargeAt)).toBe(
      seoul(new Date(new Date(after.endDate).getTime() - 7_200_000).toISOString()),
    );
    expect(await renewals(api)).toMatchObject([{ status: 'SUCCESS' }]);
  });
});

describe('a hard no', () => {
  it.each([
    'INVALID_CARD_LOST_OR_STOLEN',
    'INVALID_STOPPED_CARD',
    'INVALID_CARD_EXPIRATION',
    'NOT_REGISTERED_CARD_COMPANY',
  ])('is not tried again: %s', async (code) => {
    const { api, id, due } = await dueTomorrow();
    await decline(code);
    await world.clock.set(days(due, 0, 60_000));
    expect(await get(api, id)).toMatchObject({ status: 'PAST_DUE', isActive: true, nextChargeAt: null });
    await world.clock.set(days(due, 6, 0));
    expect(await get(api, id)).toMatchObject({ status: 'PAST_DUE', isActive: true });
    expect(await world.simulator.charges((await renewals(api))[0].orderId)).toHaveLength(1);
    await world.clock.set(days(due, 8, 0));
    expect(await get(api, id)).toMatchObject({ status: 'EXPIRED' });
    expect(await timeline(api, id)).toEqual(['activated', 'renewal_upcoming', 'card_needed', 'expired']);
  });

  it('and a new card: charged at once, from the day it was due', async () => {
    const { api, id, due, billingKeyId } = await dueTomorrow();
    await decline('INVALID_STOPPED_CARD');
    await world.clock.set(days(due, 4, 0));
    const another = await api.putCardOnFile(world.simulator, '41');
    const after = await eventually('the new card to be charged', async () => {
      const now = await get(api, id);
      return now.status === 'ACTIVE' && now;
    });
    expect(after).toMatchObject({ billingKeyId: another, pastDueSince: null, graceUntil: null });
    expect(after.periods[1].startsAt).toBe(after.periods[0].endsAt);
    expect(await renewals(api)).toMatchObject([{ status: 'SUCCESS', paymentMethod: '신한카드' }]);
    expect((await api.delete(`/v1/billing-keys/${billingKeyId}`)).status).toBe(204);
    await world.clock.set(days(due, 32, 3_600_000));
    expect(await renewals(api)).toHaveLength(2);
  });

  it.each(['INVALID_BILL_KEY_REQUEST', 'NOT_MATCHES_CUSTOMER_KEY', 'NOT_FOUND_BILLING', 'INVALID_BILLING_AUTH'])(
    'of one card that the provider no longer knows, and of no other: %s',
    async (code) => {
      const { api, id, due } = await dueTomorrow();
      await world.simulator.fault({ on: 'billing', kind: 'refuse', code, times: 0 });
      await world.clock.set(days(due, 0, 60_000));
      expect(await get(api, id)).toMatchObject({
        status: 'PAST_DUE',
        nextChargeAt: null,
        graceUntil: expect.any(String),
      });
      expect(await world.simulator.charges((await renewals(api))[0].orderId)).toHaveLength(1);
      await world.clock.set(days(due, 8, 0));
      expect(await get(api, id)).toMatchObject({ status: 'EXPIRED' });
      expect(await world.simulator.charges((await renewals(api))[0].orderId)).toHaveLength(1);
    },
  );

  it('of a card that was deleted at Toss', async () => {
    const { api, id, due } = await dueTomorrow();
    await world.simulator.fault({ on: 'billing', kind: 'refuse', code: 'ALREADY_REMOVED_BILLING_KEY' });
    await world.clock.set(days(due, 0, 60_000));
    expect(await get(api, id)).toMatchObject({ status: 'PAST_DUE', nextChargeAt: null });
  });
});

describe('our own trouble', () => {
  it.each([
    ['unauthorized', undefined],
    ['refuse', 'INVALID_API_KEY'],
  ])('is not counted against the buyer: %s %s', async (kind, code) => {
    const { api, id, due, endDate } = await dueTomorrow();
    await world.simulator.fault({ on: 'billing', kind, times: 0, ...(code && { code }) });
    await world.clock.set(days(due, 0, 5 * 3_600_000));
    // Its time is over, and still nobody is shut out.
    await world.clock.set(new Date(endDate.getTime() + 30 * 3_600_000).toISOString());
    expect(await get(api, id)).toMatchObject({ status: 'ACTIVE', isActive: true, pastDueSince: null });
    expect(await timeline(api, id)).toEqual(['activated', 'renewal_upcoming']);
    await world.simulator.clearFaults();
    await world.clock.advance('PT1H1M');
    expect(await renewals(api)).toMatchObject([{ status: 'SUCCESS' }]);
    expect(new Date((await get(api, id)).endDate) > endDate).toBe(true);
  });
});

describe('an answer that does not come', () => {
  it.each(['drop_after', 'slow_after', 'garbage', 'error_after', 'drop_before', 'rate_limited', 'in_progress'])(
    '%s: looked up, never asked under another key',
    async (kind) => {
      const { api, id, due } = await dueTomorrow();
      await world.simulator.fault({ on: 'billing', kind, times: 2, delayMs: 1_700 });
      await world.clock.set(days(due, 0, 20_000));
      // Nothing ends what may have been paid, however long nobody knows.
      expect((await get(api, id)).status).toBe('ACTIVE');
      await world.clock.set(days(due, 1, 0));
      const [renewal] = await renewals(api);
      expect(renewal.status).toBe('SUCCESS');
      // A request is in the log once it is answered.
      const asked = await eventually('Toss to have answered', async () => {
        const charges = await world.simulator.charges(renewal.orderId);
        return charges.length > 0 && charges;
      });
      expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      expect((await world.simulator.books(renewal.orderId)).payments).toHaveLength(1);
    },
  );

  it('after a no of the same order: the earlier no is not taken for this one’s', async () => {
    const { api, id, due } = await dueTomorrow();
    await decline('REJECT_CARD_PAYMENT');
    await world.clock.set(days(due, 0, 60_000));
    expect((await get(api, id)).status).toBe('PAST_DUE');
    // Toss shows the aborted payment of yesterday while it works on this one.
    await world.simulator.fault({ on: 'billing', kind: 'drop_before', times: 2 });
    await world.clock.set(days(due, 1, 15_000));
    expect(await renewals(api)).toMatchObject([{ status: 'PENDING' }]);
    await world.clock.set(days(due, 1, 600_000));
    const [renewal] = await renewals(api);
    expect(renewal.status).toBe('SUCCESS');
    expect(
      (await world.simulator.charges(renewal.orderId)).map(({ idempotencyKey }) => idempotencyKey?.slice(-2)),
    ).toEqual(['-1', '-2', '-2', '-2']);
  });

  it('of a charge canceled in Toss’s dashboard before it was known: it neither renews nor is repeated', async () => {
    const { api, id, due } = await dueTomorrow();
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 20 });
    await world.clock.set(days(due, 0, 15_000));
    const [renewal] = await renewals(api);
    expect(renewal.status).toBe('PENDING');
    await world.simulator.dashboardCancel((await world.simulator.books(renewal.orderId)).payments[0]!.paymentKey);
    await world.simulator.clearFaults();
    await world.clock.set(days(due, 0, 120_000));
    expect(await renewals(api)).toMatchObject([{ status: 'REFUNDED' }]);
    expect(await get(api, id)).toMatchObject({ status: 'ACTIVE', nextChargeAt: null });
    await world.clock.set(days(due, 1, 0));
    expect(await get(api, id)).toMatchObject({ status: 'EXPIRED' });
    expect(await renewals(api)).toHaveLength(1);
  });
});

it('another amount than requested goes back, and an operator decides before the card is charged again', async () => {
  const { api, id, due } = await dueTomorrow();
  await world.simulator.fault({ on: 'billing', kind: 'wrong_amount' });
  await world.clock.set(days(due, 0, 60_000));
  const [renewal] = await renewals(api);
  expect(renewal).toMatchObject({ status: 'FAILED', failure: { code: 'PAYMENT_MISMATCH' } });
  expect((await world.simulator.books(renewal.orderId)).payments).toMatchObject([
    { status: 'CANCELED', totalAmount: 10_000, balanceAmount: 0 },
  ]);
  await world.clock.set(days(due, 2, 0));
  expect(await get(api, id)).toMatchObject({ status: 'ACTIVE', isActive: true, nextChargeAt: null });
  expect(await renewals(api)).toHaveLength(1);
  const operator = await world.api.as('op', 'operator');
  const held = (await operator.get(`/v1/operations/renewals?date=${due.toISOString().slice(0, 10)}`)).body;
  expect(held.data).toContainEqual(expect.objectContaining({ subscriptionId: id, state: 'HELD' }));
});

it('operators find those that are past due', async () => {
  const { id, due } = await dueTomorrow();
  await decline('REJECT_CARD_PAYMENT');
  await world.clock.set(days(due, 0, 60_000));
  const operator = await world.api.as('op', 'operator');
  expect(
    (await operator.get('/v1/subscriptions?status=PAST_DUE')).body.data.map((one: { id: string }) => one.id),
  ).toEqual([id]);
});
