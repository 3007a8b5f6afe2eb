import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { brokenInvariants, deliver, lookUps, orderOf, webhookEvents } from '../support/incoming.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let operator: Api;
let buyers = 0;

beforeAll(async () => {
  world = await createWorld();
  operator = await world.api.as('op', 'operator');
});
afterEach(async () => {
  await world.simulator.clearFaults();
  await world.clock.reset();
  await expectBooksToAgree(world);
});
afterAll(() => world.close());

const purge = () => operator.post('/v1/operations/jobs/purge-webhook-events/run');
const told = (orderId: string, more: object = {}) => ({
  eventType: 'PAYMENT_STATUS_CHANGED',
  data: { orderId, ...more },
});

async function paid(method?: string) {
  const bought = await orderOf(world, `operations-${++buyers}`, method);
  expect((await bought.confirm()).status).toBe(200);
  return { ...bought, events: (query = '') => webhookEvents(operator, `orderId=${bought.orderId}${query}`) };
}

/** An event that Toss did not answer about until it was given up. */
async function failed() {
  const bought = await paid();
  await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
  await deliver(world, told(bought.orderId));
  await eventually('it to be given up', async () => {
    await world.clock.advance('PT3H');
    return (await bought.events('&status=FAILED')).length === 1;
  });
  await world.simulator.clearFaults();
  return { ...bought, event: (await bought.events())[0]! };
}

describe('an event that was given up', () => {
  it('can be dismissed by an operator, for a reason, and is no alarm any more', async () => {
    const { event, orderId, events } = await failed();
    expect(await brokenInvariants(operator)).toContain('webhooks_are_processed');
    const dismissed = await operator.post(`/v1/webhook-events/${event.id}/dismiss`, {
      reason: '토스 장애 때의 시험 전송',
    });
    expect(dismissed).toMatchObject({ status: 200, body: { id: event.id, status: 'DISMISSED', processed: true } });
    expect(dismissed.body.note).toContain('토스 장애 때의 시험 전송');
    expect(await brokenInvariants(operator)).not.toContain('webhooks_are_processed');
    const { data: audited } = (await operator.get(`/v1/operations/audit-log?orderId=${orderId}`)).body;
    expect(audited).toMatchObject([
      {
        action: 'webhook.dismiss',
        actor: 'op',
        reason: '토스 장애 때의 시험 전송',
        before: { status: 'FAILED' },
        after: { status: 'DISMISSED' },
      },
    ]);

    expect(await operator.post(`/v1/webhook-events/${event.id}/dismiss`, { reason: 'once more' })).toMatchObject({
      status: 409,
      body: { code: 'WEBHOOK_EVENT_PROCESSED' },
    });
    expect(await operator.post(`/v1/webhook-events/${event.id}/replay`)).toMatchObject({
      status: 200,
      body: { status: 'PROCESSED' },
    });
    expect(await events('&status=DISMISSED')).toEqual([]);
  });

  it('is purged some day, as everything is', async () => {
    const { event, events } = await failed();
    await world.clock.advance('P90D');
    await purge();
    expect(await events()).toMatchObject([{ id: event.id, status: 'FAILED' }]);
    await world.clock.advance('P11D');
    await purge();
    expect(await events()).toEqual([]);
  });
});

describe('a dismissal', () => {
  it('is for operators, needs a reason, and an event', async () => {
    const { api, orderId, events } = await paid();
    await deliver(world, told(orderId));
    const event = await eventually('it to be processed', async () => (await events('&status=PROCESSED'))[0]);
    const path = `/v1/webhook-events/${event.id}/dismiss`;
    expect((await api.post(path, { reason: 'mine' })).status).toBe(403);
    expect((await world.api.post(path, { reason: 'nobody’s' })).status).toBe(401);
    expect(await operator.post(path, { reason: ' ' })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
    expect(await operator.post(path, { reason: 'too late' })).toMatchObject({
      status: 409,
      body: { code: 'WEBHOOK_EVENT_PROCESSED' },
    });
    for (const id of ['nonsense', '01a1fec3-0000-7000-8000-000000000000']) {
      expect(await operator.post(`/v1/webhook-events/${id}/dismiss`, { reason: 'none' })).toMatchObject({
        status: 404,
        body: { code: 'WEBHOOK_EVENT_NOT_FOUND' },
      });
    }
    expect((await operator.get(`/v1/operations/audit-log?orderId=${orderId}`)).body.data).toEqual([]);
  });

  it('ends an event that still waits', async () => {
    const { orderId, events } = await paid();
    await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 1 });
    await deliver(world, told(orderId));
    const event = await eventually('a first try', async () =>
      (await events('&status=PENDING')).find(({ note }) => note !== null),
    );
    expect((await operator.post(`/v1/webhook-events/${event.id}/dismiss`, { reason: 'known' })).body.status).toBe(
      'DISMISSED',
    );
    await world.clock.advance('PT1H');
    expect(await events()).toMatchObject([{ status: 'DISMISSED', attempts: 1 }]);
  });
});

describe('the purge', () => {
  it('forgets in batches what was not ours after three days, and what is done after a quarter', async () => {
    const { orderId, events } = await paid();
    await deliver(world, told(orderId));
    await eventually('it to be processed', async () => (await events('&status=PROCESSED'))[0]);
    await world.database.query(`
      INSERT INTO incoming_webhook (id, transmission_id, provider, type, about, body_hash, retried_count, status,
        created_at, processed_at)
      SELECT gen_random_uuid(), 'body-' || md5(number::text), 'toss', 'FLOOD', 'other', repeat('0', 64), 0, 'UNHANDLED',
        now(), now()
      FROM generate_series(1, 2500) number`);
    const strangers = async () =>
      (
        await world.database.query<{ count: number }>(`SELECT count(*)::int FROM incoming_webhook WHERE type = 'FLOOD'`)
      )[0]!.count;
    await world.clock.advance('P2D');
    await purge();
    expect(await strangers()).toBe(2_500);
    await world.clock.advance('P1DT1M');
    await purge();
    expect(await strangers()).toBe(0);
    expect(await events()).toHaveLength(1);
    await world.clock.advance('P97D');
    await purge();
    expect(await events()).toEqual([]);
  });
});

describe('the provider is asked', () => {
  it('nothing about an order that it was never asked to charge', async () => {
    const { api, orderId } = await orderOf(world, `operations-${++buyers}`);
    const ordered = await api.order(1);
    await api.get(`/v1/payments/fail?orderId=${orderId}&code=PAY_PROCESS_CANCELED&message=x`);
    const before = [await lookUps(world, orderId), await lookUps(world, ordered.orderId)];
    for (const id of [orderId, ordered.orderId]) {
      await deliver(world, told(id));
      const event = await eventually(
        'it to be judged',
        async () => (await webhookEvents(operator, `orderId=${id}&status=UNHANDLED`))[0],
      );
      expect(event.note).toContain('no request was ever made');
    }
    expect([await lookUps(world, orderId), await lookUps(world, ordered.orderId)]).toEqual(before);
  });

  it('twice about a payment that it does not show', async () => {
    const { orderId, events } = await paid();
    await world.simulator.fault({ on: 'get', kind: 'not_found_lag', orderId, times: 0 });
    await deliver(world, told(orderId));
    await eventually('a first try', async () => (await events())[0]?.note);
    expect(await events()).toMatchObject([{ status: 'PENDING', attempts: 1 }]);
    await world.clock.advance('PT15S');
    expect(await events()).toMatchObject([{ status: 'UNHANDLED', attempts: 2, processed: true }]);
    expect(await lookUps(world, orderId)).toBe(2);
  });

  it('about open orders first', async () => {
    const [slow, closed] = [await paid(), await paid()];
    const open = await paid('가상계좌');
    await world.simulator.fault({ on: 'get', kind: 'slow', orderId: slow.orderId, delayMs: 3_000 });
    await deliver(world, told(slow.orderId));
    await eventually('the slow request to be under way', async () => (await slow.events())[0]?.attempts === 1);
    await deliver(world, told(closed.orderId));
    await deliver(world, told(open.orderId));
    const both = await eventually('both to be processed', async () => {
      const [first, second] = [
        (await open.events('&status=PROCESSED'))[0],
        (await closed.events('&status=PROCESSED'))[0],
      ];
      return first && second && { open: first.processedAt!, closed: second.processedAt! };
    });
    expect(both.open < both.closed).toBe(true);
  });
});

describe('a provider that never answers about an event', () => {
  it('needs no operator where our records say the same already', async () => {
    const { orderId, paymentKey, events } = await paid();
    await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 0 });
    await deliver(world, told(orderId, { paymentKey, status: 'DONE', totalAmount: 9_900, balanceAmount: 9_900 }));
    await eventually('it to be done', async () => {
      await world.clock.advance('PT3H');
      return (await events('&processed=true')).length === 1;
    });
    expect((await events())[0]).toMatchObject({ status: 'PROCESSED' });
    await world.clock.advance('P3D');
    expect(await brokenInvariants(operator)).not.toContain('webhooks_are_processed');
  });

  it('needs one where they say something else', async () => {
    const { orderId, paymentKey, events } = await paid();
    await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 0 });
    await deliver(world, told(orderId, { paymentKey, status: 'CANCELED', totalAmount: 9_900, balanceAmount: 0 }));
    await eventually('it to be given up', async () => {
      await world.clock.advance('PT3H');
      return (await events('&status=FAILED')).length === 1;
    });
    const [event] = await events();
    await world.simulator.clearFaults();
    expect((await operator.post(`/v1/webhook-events/${event!.id}/replay`)).body.status).toBe('PROCESSED');
  });
});
