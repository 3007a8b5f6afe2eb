import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { seoulDay, seoulMinute } from '../support/clock.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('three years of one card, from the 31st and over a leap day, in seconds', async () => {
  await world.clock.at('2029-01-31T12:00:00');
  const api = await world.api.as('faithful');
  const billingKeyId = await api.putCardOnFile(world.simulator);
  const { body } = await api.post('/v1/subscriptions', { planId: 1, billingKeyId });
  await world.clock.at('2032-02-15T12:00:00');

  const periods: { startsAt: string; endsAt: string }[] = (await api.get(`/v1/subscriptions/${body.subscription.id}`))
    .body.periods;
  expect(periods).toHaveLength(37);
  expect(
    periods.map(({ endsAt }) => seoulDay(endsAt)).filter((day) => !day.endsWith('-31') && !day.endsWith('-30')),
  ).toEqual(['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']);
  const paid = (await api.get('/v1/payments?limit=100')).body.data;
  expect(paid.map(({ status, amount }: { status: string; amount: number }) => [status, amount])).toEqual(
    Array.from({ length: 37 }, () => ['SUCCESS', 9_900]),
  );
  const days = paid.map(({ approvedAt }: { approvedAt: string }) => seoulMinute(approvedAt).slice(8, 13)).slice(0, -1);
  expect(new Set(days)).toEqual(new Set(['31T10', '30T10', '28T10']));
  const told = (await api.get(`/v1/subscriptions/${body.subscription.id}/timeline`)).body.data.map(
    ({ type }: { type: string }) => type,
  );
  expect(told.filter((type: string) => type === 'subscription.extended')).toHaveLength(36);
  expect(told.filter((type: string) => type === 'subscription.renewal_upcoming').length).toBeGreaterThanOrEqual(36);
  await expectBooksToAgree(world);
}, 120_000);
