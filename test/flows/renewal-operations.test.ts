import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let operator: Api;
let users = 0;

beforeAll(async () => {
  world = await createWorld();
  operator = await world.api.as('op', 'operator');
});
afterAll(() => world.close());

const day = async (date: string, more = '') => (await operator.get(`/v1/operations/renewals?date=${date}${more}`)).body;
const get = async (api: Api, id: string) => (await api.get(`/v1/subscriptions/${id}`)).body;
const paid = async (api: Api) => (await api.get('/v1/payments')).body.data.length;
async function subscriber() {
  const api = await world.api.as(`planned-${++users}`);
  const billingKeyId = await api.putCardOnFile(world.simulator, '41');
  const { body } = await api.post('/v1/subscriptions', { planId: 1, billingKeyId });
  return { api, id: body.subscription.id as string };
}

it('a day of renewals: the plan before it comes, and beside it what happened', async () => {
  await world.clock.at('2027-01-10T12:00:00');
  const subscribers = [await subscriber(), await subscriber(), await subscriber()];
  const planned = await day('2027-02-10');
  expect(planned.totals).toMatchObject({ PLANNED: { count: 3, amount: 29_700 }, CHARGED: { count: 0, amount: 0 } });
  expect(planned.data[0]).toMatchObject({
    state: 'PLANNED',
    plannedAt: '2027-02-10T01:00:00.000Z',
    amount: 9_900,
    card: { company: '신한카드', number: '12345678****000*' },
    orderId: null,
  });
  const first = await day('2027-02-10', '&limit=2');
  const rest = await day('2027-02-10', `&limit=2&cursor=${first.nextCursor}`);
  expect(new Set([...first.data, ...rest.data].map(({ subscriptionId }) => subscriptionId))).toEqual(
    new Set(subscribers.map(({ id }) => id)),
  );
  expect(rest.nextCursor).toBeNull();

  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
  await world.clock.at('2027-02-10T10:00:30');
  const done = await day('2027-02-10');
  expect(done.totals).toMatchObject({
    PLANNED: { count: 0 },
    CHARGED: { count: 2, amount: 19_800 },
    DECLINED: { count: 1, amount: 9_900 },
  });
  expect(
    done.data.map(({ state, plannedAt, code }: Record<string, unknown>) => [state, plannedAt, code]).toSorted(),
  ).toEqual([
    ['CHARGED', '2027-02-10T01:00:00.000Z', null],
    ['CHARGED', '2027-02-10T01:00:00.000Z', null],
    ['DECLINED', '2027-02-10T01:00:00.000Z', 'REJECT_CARD_PAYMENT'],
  ]);
  expect((await day('2027-02-11')).totals).toMatchObject({ PLANNED: { count: 1, amount: 9_900 } });
  for (const { api, id } of subscribers) await api.post(`/v1/subscriptions/${id}/cancel`);
  await expectBooksToAgree(world);
});

it('a pause stops all, ends nobody, and afterwards charges one period; the rest waits for a word', async () => {
  await world.clock.at('2027-05-10T12:00:00');
  const { api, id } = await subscriber();
  const late = await subscriber();
  expect((await operator.post('/v1/operations/renewals/pause', {})).status).toBe(400);
  expect((await operator.post('/v1/operations/renewals/pause', { reason: '카드사 점검' })).body).toMatchObject({
    paused: true,
    pausedBy: 'op',
    reason: '카드사 점검',
  });
  expect((await api.post('/v1/operations/renewals/resume')).status).toBe(403);
  await world.clock.at('2027-08-20T12:00:00');
  expect((await operator.post('/v1/operations/jobs/renew-subscriptions/run')).body).toEqual({
    name: 'renew-subscriptions',
    affected: 0,
  });
  expect([await paid(api), await get(api, id)]).toMatchObject([1, { status: 'ACTIVE', isActive: true }]);
  await late.api.post(`/v1/subscriptions/${late.id}/cancel`);

  expect((await operator.post('/v1/operations/renewals/resume')).body).toMatchObject({ paused: false, pausedAt: null });
  await operator.post('/v1/operations/jobs/renew-subscriptions/run');
  await world.clock.at('2027-08-21T12:00:00');
  // Of June, July and August it owes three; one was charged, from the day it was due.
  expect(await paid(api)).toBe(2);
  expect(await get(api, id)).toMatchObject({
    status: 'ACTIVE',
    nextChargeAt: null,
    endDate: expect.stringContaining('2027-07-10T03:00:00'),
  });
  expect(await paid(late.api)).toBe(1);
  expect((await day('2027-07-10')).totals.HELD).toEqual({ count: 1, amount: 9_900 });

  const release = () => operator.post(`/v1/operations/renewals/${id}/release`);
  expect((await release()).status).toBe(200);
  await world.clock.at('2027-08-21T12:01:00');
  expect(await paid(api)).toBe(3);
  // The next one on another day, however often it is asked for.
  expect(await release()).toMatchObject({ status: 200, body: { nextChargeAt: '2027-08-22T01:00:00.000Z' } });
  expect(await release()).toMatchObject({ status: 409, body: { code: 'NOTHING_HELD' } });
  await world.clock.at('2027-08-21T23:00:00');
  expect(await paid(api)).toBe(3);
  await world.clock.at('2027-08-22T10:00:30');
  expect([await paid(api), await get(api, id)]).toMatchObject([
    4,
    {
      status: 'ACTIVE',
      endDate: expect.stringContaining('2027-09-10T03:00:00'),
      nextChargeAt: '2027-09-10T01:00:00.000Z',
    },
  ]);
  const { data } = (await operator.get('/v1/operations/audit-log?limit=100')).body;
  expect(
    data.map(({ action }: { action: string }) => action).filter((action: string) => action.startsWith('renewals')),
  ).toEqual(['renewals.release', 'renewals.release', 'renewals.resume', 'renewals.pause']);
  await api.post(`/v1/subscriptions/${id}/cancel`);
  await expectBooksToAgree(world);
});

it('a balance pays what it covers; what it leaves over is charged, at least 100 won', async () => {
  await world.clock.at('2028-01-10T12:00:00');
  const { api, id } = await subscriber();
  const userId = `planned-${users}`;
  const credit = (amount: number) =>
    world.database.query(
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, $2::int, 'kept', now())`,
      [userId, amount],
    );
  await credit(9_850 + 9_900);
  await world.clock.at('2028-02-10T10:00:30');
  expect(await paid(api)).toBe(1);
  expect((await get(api, id)).periods).toMatchObject([
    { price: 9_900 },
    { orderId: null, price: 9_900, endsAt: expect.stringContaining('2028-03-10T03:00:00') },
  ]);
  // Of 9,850 won 9,800 are used: the provider charges 100 won or more.
  expect((await day('2028-03-10')).totals.PLANNED).toEqual({ count: 1, amount: 100 });
  await world.clock.at('2028-03-10T10:00:30');
  expect((await api.get('/v1/payments')).body.data[0]).toMatchObject({ amount: 100, status: 'SUCCESS' });
  await world.clock.at('2028-04-10T10:00:30');
  expect((await api.get('/v1/payments')).body.data[0]).toMatchObject({ amount: 9_850, status: 'SUCCESS' });
  const notices = await world.database.query<{ amount: number }>(
    `SELECT (data->>'amount')::int AS amount FROM outgoing_event WHERE subscription_id = $1::uuid
      AND type = 'subscription.renewal_upcoming' ORDER BY id`,
    [id],
  );
  expect(notices.map(({ amount }) => amount)).toEqual([0, 100, 9_850]);
  // The credit was a gift of ours, which no payment accounts for.
  await world.database.query(
    `UPDATE subscription_period SET price = price - 9900 WHERE order_id IS NULL AND subscription_id = $1::uuid`,
    [id],
  );
  await world.database.query(
    `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ($1, $2::int, 'kept', now())`,
    [userId, 0 - 9_850],
  );
  await api.post(`/v1/subscriptions/${id}/cancel`);
});

it('a card put under a subscription that was bought by hand renews it; without a card it ends', async () => {
  await world.clock.at('2028-06-10T12:00:00');
  const api = await world.api.as(`planned-${++users}`);
  const order = await api.order(1);
  const { body } = await api.confirm(order, await world.simulator.authenticate(order));
  expect(body.subscription).toMatchObject({ status: 'ACTIVE', billingKeyId: null, nextChargeAt: null });
  const billingKeyId = await api.putCardOnFile(world.simulator);
  // A card on file alone charges nobody.
  expect((await get(api, body.subscription.id)).billingKeyId).toBeNull();
  const attached = await api.post(`/v1/subscriptions/${body.subscription.id}/billing-key`, { billingKeyId });
  expect(attached).toMatchObject({ status: 200, body: { billingKeyId, nextChargeAt: '2028-07-10T01:00:00.000Z' } });
  await world.clock.at('2028-07-10T10:00:30');
  expect(await paid(api)).toBe(2);
  expect((await api.delete(`/v1/billing-keys/${billingKeyId}`)).status).toBe(204);
  expect(await get(api, body.subscription.id)).toMatchObject({
    billingKeyId: null,
    nextChargeAt: null,
    status: 'ACTIVE',
  });
  await world.clock.at('2028-08-11T00:00:30');
  expect([await paid(api), await get(api, body.subscription.id)]).toMatchObject([2, { status: 'EXPIRED' }]);
  await expectBooksToAgree(world);
});

it('a renewal’s money can go back, and then nobody is charged until the buyer says so', async () => {
  await world.clock.at('2028-10-10T12:00:00');
  const { api, id } = await subscriber();
  await world.clock.at('2028-11-10T10:00:30');
  const [renewal] = (await api.get('/v1/payments')).body.data;
  expect((await operator.post('/v1/refunds', { orderId: renewal.orderId, reason: '원치 않은 갱신' })).status).toBe(201);
  expect(await get(api, id)).toMatchObject({
    status: 'ACTIVE',
    endDate: expect.stringContaining('2028-11-10T03:00:00'),
    nextChargeAt: null,
  });
  await world.clock.at('2028-11-10T11:00:00');
  expect(await paid(api)).toBe(2);
  expect((await api.post(`/v1/subscriptions/${id}/resume`)).body.nextChargeAt).toBe('2028-11-10T01:00:00.000Z');
  await world.clock.at('2028-11-10T11:01:00');
  expect(await paid(api)).toBe(3);
  expect(await get(api, id)).toMatchObject({
    status: 'ACTIVE',
    endDate: expect.stringContaining('2028-12-10T03:00:00'),
  });
  await api.post(`/v1/subscriptions/${id}/cancel`);
  await expectBooksToAgree(world);
});
