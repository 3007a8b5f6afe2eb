import { expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { brokenInvariants } from '../support/incoming.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { Subscribers } from '../support/subscribers.ts';
import type { World } from '../support/world.ts';

let world: World;
let people: Subscribers;
let operator: Api;
let admin: Api;

setupWorld((setup) => ({ world, people, operator, admin } = setup));

const decline = () => world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT', times: 1 });
const statuses = async (userId: string) =>
  (
    await world.database.query<{ status: string }>(
      'SELECT status FROM invoice WHERE user_id = $1 ORDER BY created_at',
      [userId],
    )
  ).map(({ status }) => status);

it('a renewal that another took the place of is charged again once that one was refunded', async () => {
  await people.at('2027-01-10T23:00');
  const one = await people.withCard({ planId: 2 });
  await people.at('2027-02-10T09:59');
  await decline();
  await people.at('2027-02-10T10:01');
  expect((await people.change(one, 1)).status).toBe(200);
  await one.api.putCardOnFile(world.simulator, '41');
  await people.at('2027-02-10T10:05');
  expect(await statuses(one.userId)).toEqual(['PAID', 'VOID', 'PAID']);

  const [{ orderId }] = (await one.api.get('/v1/payments')).body.data;
  const reason = '고객이 환불을 요청했습니다.';
  expect((await admin.post('/v1/refunds', { orderId, reason })).status).toBe(201);
  await people.at('2027-02-10T11:00');
  expect((await people.change(one, 2)).status).toBe(200);
  expect((await one.api.post(`/v1/subscriptions/${one.id}/resume`)).status).toBe(200);
  await people.at('2027-02-12T12:00');
  expect(await people.taken(one)).toEqual([19_900, 19_900, 9_900]);
  expect(await statuses(one.userId)).toEqual(['PAID', 'PAID', 'VOID']);
  expect(await brokenInvariants(operator)).toEqual([]);
});

it('a declined renewal is no longer owed once its period was bought in the payment window', async () => {
  await people.at('2028-01-10T23:00');
  const one = await people.withCard();
  await people.at('2028-02-10T09:59');
  await decline();
  await people.at('2028-02-10T10:01');
  expect(await statuses(one.userId)).toEqual(['PAID', 'PAST_DUE']);
  await people.buy(one.api, 1);
  await people.at('2028-02-11T04:00');
  expect(await statuses(one.userId)).toEqual(['PAID', 'VOID', 'PAID']);
  expect(await brokenInvariants(operator)).toEqual([]);
});
