import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EVENT_TYPES, EVENTS, type EventType } from '../../src/outbox/event-catalogue.ts';
import type { Api } from '../support/api.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

/** Every outgoing event writes its instants in this form, whatever time zone the database prints in. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let world: World;
let operator: Api;
let buyers = 0;

beforeAll(async () => {
  world = await createWorld({}, true);
  // What PostgreSQL prints by itself now ends in +09:00.
  await world.database.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO ''Asia/Seoul''', current_database()); END $$`,
  );
  await world.database.allowConnections(false);
  await world.database.allowConnections(true);
  await eventually('the program to be back', async () => (await world.api.get('/health/ready')).status === 200);
  operator = await world.api.as('op', 'operator');
});
afterAll(() => world.close());

const newBuyer = () => world.api.as(`buyer-${++buyers}`);
const subscribe = async (api: Api, more: object = {}) => {
  const billingKeyId = await api.putCardOnFile(world.simulator);
  const { status, body } = await api.post('/v1/subscriptions', { planId: 2, billingKeyId, ...more });
  expect(status).toBe(200);
  return { id: body.subscription.id as string, billingKeyId };
};

async function buyRefundAndDecline(): Promise<void> {
  const api = await newBuyer();
  const order = await api.order(1);
  const declined = await world.simulator.authenticate(order);
  await world.simulator.fault({ on: 'confirm', kind: 'decline', orderId: order.orderId });
  expect(await api.confirm(order, declined)).toMatchObject({ status: 402 });
  await api.confirm(order, await world.simulator.authenticate(order));
  const more = await api.order(1);
  await api.confirm(more, await world.simulator.authenticate(more));
  expect((await operator.post('/v1/refunds', { orderId: more.orderId, reason: '고객 요청' })).status).toBe(201);
}

async function depositAndReversal(): Promise<void> {
  const api = await newBuyer();
  const order = await api.order(1);
  await api.confirm(order, await world.simulator.authenticate(order, { method: '가상계좌' }));
  const becomes = (status: string) =>
    eventually(status, async () => (await api.get(`/v1/payments/${order.orderId}`)).body.status === status);
  await world.simulator.deposit(order.orderId);
  await becomes('SUCCESS');
  await world.simulator.revertDeposit(order.orderId);
  await becomes('WAITING_FOR_DEPOSIT');
}

it('every event is as the catalogue says, its instants in UTC with milliseconds', async () => {
  await world.clock.set('2031-03-03T03:00:00Z');
  await buyRefundAndDecline();
  await depositAndReversal();
  const changing = await newBuyer();
  const { id: changed } = await subscribe(changing);
  for (const planId of [1, 2])
    expect((await changing.post(`/v1/subscriptions/${changed}/change`, { planId })).status).toBe(200);
  for (const call of ['cancel', 'resume'])
    expect((await changing.post(`/v1/subscriptions/${changed}/${call}`)).status).toBe(200);
  await changing.putCardOnFile(world.simulator);
  const { id: withoutCard, billingKeyId } = await subscribe(await newBuyer());
  const owner = world.api.with((await world.api.post('/v1/sandbox/tokens', { userId: `buyer-${buyers}` })).body.token);
  expect((await owner.delete(`/v1/billing-keys/${billingKeyId}`)).status).toBe(204);
  await subscribe(await newBuyer(), { trialDays: 14 });
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT', times: 1 });
  await world.clock.set('2031-04-03T02:00:00Z');
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'INVALID_STOPPED_CARD', times: 1 });
  await world.clock.set('2031-05-15T02:00:00Z');
  expect((await owner.get(`/v1/subscriptions/${withoutCard}`)).body.status).toBe('EXPIRED');

  const told = await world.database.query<{ type: EventType; data: Record<string, unknown> }>(
    'SELECT type, data FROM outgoing_event',
  );
  expect([...new Set(told.map(({ type }) => type))].toSorted()).toEqual(EVENT_TYPES.toSorted());
  const wrong = told.flatMap(({ type, data }) =>
    instantsIn(data)
      .filter(([, value]) => !INSTANT.test(value))
      .map(([name, value]) => `${type}.${name}: ${value}`),
  );
  expect([...new Set(wrong)]).toEqual([]);
  for (const { type, data } of told) expect(EVENTS[type].parse(data)).toBeDefined();
}, 180_000);

/** By their names, and by how they look. */
function instantsIn(data: Record<string, unknown>): [string, string][] {
  return Object.entries(data).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'object' && value !== null) return instantsIn(value as Record<string, unknown>);
    const named = /(At|Date|Until)$/.test(name) && value !== null;
    return named || (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) ? [[name, String(value)]] : [];
  });
}
