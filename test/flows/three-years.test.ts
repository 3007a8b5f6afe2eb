import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { seoulDay } from '../support/clock.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld();
  api = await world.api.as('long-time-customer');
});
afterAll(() => world.close());

const me = async () => (await api.get('/v1/subscriptions/me')).body;
async function buy(planId: number) {
  const order = await api.order(planId);
  const { status, body } = await api.confirm(order, await world.simulator.authenticate(order));
  expect(status).toBe(200);
  return body.subscription;
}

it('one subscriber, through three years', async () => {
  // Born half an hour after midnight on the 31st, in Seoul; in UTC it is still the 30th.
  await world.clock.at('2027-01-31T00:30:00');
  const first = await buy(1);
  expect(seoulDay(first.endDate)).toBe('2027-02-28');

  // Month after month, a day ahead: the anchor stays the 31st.
  const ends = [];
  for (const day of ['2027-02-27', '2027-03-30', '2027-04-29', '2027-05-30']) {
    await world.clock.at(`${day}T12:00:00`);
    ends.push(seoulDay((await buy(1)).endDate));
  }
  expect(ends).toEqual(['2027-03-31', '2027-04-30', '2027-05-31', '2027-06-30']);

  // Half past midnight is over, but until the next midnight nobody is shut out.
  await world.clock.at('2027-06-30T23:59:58');
  expect(await me()).toMatchObject({ id: first.id, isActive: true });
  await world.clock.at('2027-07-01T00:00:02');
  expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
  expect((await api.get(`/v1/subscriptions/${first.id}`)).body).toMatchObject({ isActive: false });

  // A year's break, and a new start with a new anchor, on a leap day.
  await world.clock.at('2028-02-29T18:00:00');
  const second = await buy(1);
  expect(second.id).not.toBe(first.id);
  expect(seoulDay(second.endDate)).toBe('2028-03-29');

  // Up in the middle: 29 days, of which 14 are left.
  await world.clock.at('2028-03-15T08:00:00');
  const order = await api.order(2);
  expect(order).toMatchObject({
    proration: { credit: Math.floor((9_900 * 14) / 29 + 0.5), charge: Math.floor((19_900 * 14) / 29 + 0.5) },
  });
  expect((await api.confirm(order, await world.simulator.authenticate(order))).body.subscription).toMatchObject({
    id: second.id,
    planId: 2,
    endDate: second.endDate,
  });

  // Down again at the period's end.
  await api.post(`/v1/subscriptions/${second.id}/change`, { planId: 1 });
  await buy(1);
  await world.clock.at('2028-03-30T00:00:05');
  expect(await me()).toMatchObject({ id: second.id, planId: 1 });

  // Cancelled, thought better of it, and cancelled after all. Then the program sleeps for more than a year.
  await api.post(`/v1/subscriptions/${second.id}/cancel`);
  await api.post(`/v1/subscriptions/${second.id}/resume`);
  expect((await api.post(`/v1/subscriptions/${second.id}/cancel`)).body.cancelAtPeriodEnd).toBe(true);
  await world.clock.at('2030-01-31T12:00:00');
  expect((await api.get('/v1/subscriptions/me')).status).toBe(404);

  const { data } = (await api.get(`/v1/subscriptions/${second.id}/timeline`)).body;
  expect(data.map(({ type }: { type: string }) => type.replace('subscription.', ''))).toEqual([
    'activated',
    'changed',
    'change_scheduled',
    'extended',
    'changed',
    'canceled',
    'resumed',
    'canceled',
    'expired',
  ]);
  const times = data.map(({ createdAt }: { createdAt: string }) => createdAt);
  expect(times).toEqual([...times].sort());

  const third = await buy(2);
  expect(seoulDay(third.endDate)).toBe('2030-02-28');
  expect(
    (await api.get('/v1/subscriptions?userId=ignored')).body.data.map(
      ({ isActive }: { isActive: boolean }) => isActive,
    ),
  ).toEqual([true, false, false]);
  await expectBooksToAgree(world);
}, 180_000);
