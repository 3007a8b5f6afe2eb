import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('one subscriber: a trial, consent, renewals, a declined card, a new one, an upgrade, the end', async () => {
  const api = await world.api.as('somebody');
  const me = async () => (await api.get('/v1/subscriptions/me')).body;
  const paid = async () =>
    (await api.get('/v1/payments?status=SUCCESS')).body.data.map(({ amount }: { amount: number }) => amount);

  await world.clock.at('2028-01-15T20:00:00');
  const first = await api.putCardOnFile(world.simulator);
  const { body } = await api.post('/v1/subscriptions', { planId: 1, billingKeyId: first, trialDays: 16 });
  const { id } = body.subscription;
  expect(await me()).toMatchObject({ status: 'TRIALING', billingKeyId: first });

  // The trial ends on the 31st, which is the anchor of all that follows.
  await world.clock.at('2028-01-25T12:00:00');
  expect(
    (await api.post(`/v1/subscriptions/${id}/consents`, { textVersion: 'v1', channel: 'web', price: 9_900 })).status,
  ).toBe(201);
  await world.clock.at('2028-02-01T12:00:00');
  expect([await me(), await paid()]).toMatchObject([
    { status: 'ACTIVE', endDate: expect.stringContaining('2028-02-29T11:00') },
    [9_900],
  ]);
  await world.clock.at('2028-03-01T12:00:00');
  expect((await me()).endDate).toContain('2028-03-31T11:00');

  // The card is lost in March. A week is left for another one.
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'INVALID_CARD_LOST_OR_STOLEN' });
  await world.clock.at('2028-03-31T12:00:00');
  expect(await me()).toMatchObject({ status: 'PAST_DUE', nextChargeAt: null, graceUntil: expect.any(String) });
  await world.clock.at('2028-04-03T12:00:00');
  const second = await api.putCardOnFile(world.simulator, '41');
  const renewed = await eventually('the new card to be charged', async () => {
    const now = await me();
    return now.status === 'ACTIVE' && now;
  });
  expect(renewed).toMatchObject({ billingKeyId: second, endDate: expect.stringContaining('2028-04-30T11:00') });
  expect((await api.delete(`/v1/billing-keys/${first}`)).status).toBe(204);

  // Up in the middle, paid in the window; from then on the card pays the dearer plan, and nobody asks again.
  await world.clock.at('2028-04-16T12:00:00');
  const order = await api.order(2);
  expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
  await world.clock.at('2028-05-01T12:00:00');
  expect([await me(), (await paid())[0]]).toMatchObject([
    { planId: 2, billingKeyId: second, endDate: expect.stringContaining('2028-05-31T11:00') },
    19_900,
  ]);

  await api.post(`/v1/subscriptions/${id}/cancel`);
  await world.clock.at('2028-06-02T12:00:00');
  expect((await api.get(`/v1/subscriptions/${id}`)).body).toMatchObject({ status: 'CANCELED', isActive: false });
  expect(await paid()).toHaveLength(5);
  const told = (await api.get(`/v1/subscriptions/${id}/timeline`)).body.data.map(({ type }: { type: string }) =>
    type.replace('subscription.', ''),
  );
  expect(told.filter((type: string) => type !== 'renewal_upcoming')).toEqual([
    'activated',
    'extended',
    'extended',
    'card_needed',
    'card_changed',
    'extended',
    'changed',
    'extended',
    'canceled',
    'expired',
  ]);
  await expectBooksToAgree(world);
});
