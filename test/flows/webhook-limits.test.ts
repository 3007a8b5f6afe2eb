import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { deliver, lookUps, orderOf, webhookEvents } from '../support/incoming.ts';
import { setupWorld } from '../support/setup-world.ts';
import { eventually, type World } from '../support/world.ts';

const KILOBYTE = 1_024;

let world: World;
let operator: Api;
let buyers = 0;

setupWorld((setup) => ({ world, operator } = setup));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const from = (address: string) => ({ 'X-Forwarded-For': address });

async function paid() {
  const bought = await orderOf(world, `limits-${++buyers}`);
  expect((await bought.confirm()).status).toBe(200);
  return bought;
}

/** A body of a type that nothing is done for, of exactly so many bytes. */
function bodyOf(bytes: number, eventType = 'METHOD_UPDATED'): string {
  const empty = JSON.stringify({ eventType, padding: '' });
  return JSON.stringify({ eventType, padding: 'x'.repeat(bytes - empty.length) });
}

async function processed(orderId: string, count = 1) {
  return eventually(`${count} events of ${orderId} to be processed`, async () => {
    const events = await webhookEvents(operator, `orderId=${orderId}&status=PROCESSED`);
    return events.length >= count && events;
  });
}

describe('the body of a webhook', () => {
  it('is at most 8 KB', async () => {
    expect((await deliver(world, bodyOf(8 * KILOBYTE, 'EIGHT_KILOBYTES'))).status).toBe(200);
    const refused = await deliver(world, bodyOf(8 * KILOBYTE + 1));
    expect(refused).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/xml'])(
    'is not taken as %s',
    async (type) => {
      const refused = await deliver(world, 'eventType=BILLING_DELETED&data=x', { 'Content-Type': type });
      expect(refused).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      expect(await webhookEvents(operator, 'type=BILLING_DELETED')).toEqual([]);
    },
  );

  it('may begin with a byte order mark, which is not kept', async () => {
    const { orderId, paymentKey } = await paid();
    const body = JSON.stringify({
      eventType: 'PAYMENT_STATUS_CHANGED',
      data: { orderId, paymentKey, status: 'DONE' },
    });
    expect((await deliver(world, `\ufeff${body}`)).status).toBe(200);
    const [event] = await processed(orderId);
    expect(event).toMatchObject({ bodyHash: sha256(body), attempts: 1 });
  });

  it.each([
    [
      'a billing key that is not on file, after a byte order mark',
      '\ufeff{"eventType":"BILLING_DELETED","data":{"billingKey":"n"}}',
      'BILLING_DELETED',
    ],
    [
      'a billing key that is no text',
      '{"eventType":"BILLING_DELETED","data":{"billingKey":{"n":1}}}',
      'BILLING_DELETED',
    ],
    ['data of no known shape', '{"eventType":"PAYMENT_STATUS_CHANGED","data":7}', 'PAYMENT_STATUS_CHANGED'],
    ['a list', '[1]', 'UNKNOWN'],
    ['a number', '7', 'UNKNOWN'],
    ['nothing', 'null', 'UNKNOWN'],
    ['a type that is no name', '{"eventType":"<b>bold</b>"}', 'UNKNOWN'],
  ])('with %s is UNHANDLED at once', async (_, body, type) => {
    expect((await deliver(world, body)).status).toBe(200);
    const hash = sha256(body.replace('\ufeff', ''));
    const event = (await webhookEvents(operator, `type=${type}`)).find(({ bodyHash }) => bodyHash === hash);
    expect(event).toMatchObject({ status: 'UNHANDLED', processed: true, attempts: 0 });
  });
});

describe('of a webhook that is not about an order of ours', () => {
  it.each([
    [
      'an order that nobody made here',
      { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: 'made-elsewhere', paymentKey: 'tgen_elsewhere' } },
      'PAYMENT_STATUS_CHANGED',
    ],
    [
      'another type',
      { eventType: 'CUSTOMER_STATUS_CHANGED', data: { customerKey: 'the-customer', orderId: 'made-elsewhere' } },
      'CUSTOMER_STATUS_CHANGED',
    ],
  ])('(%s) only type, time and hash are kept', async (_, body, type) => {
    const text = JSON.stringify(body);
    await deliver(world, text, {
      'tosspayments-webhook-transmission-retried-count': '5',
      'tosspayments-webhook-transmission-id': 'whtrans_chosen_by_sender',
    });
    const event = (await webhookEvents(operator, `type=${type}`)).find(({ bodyHash }) => bodyHash === sha256(text));
    expect(event).toMatchObject({
      status: 'UNHANDLED',
      processed: true,
      orderId: null,
      paymentKey: null,
      data: null,
      retriedCount: 0,
    });
    const [row] = await world.database.query<object>('SELECT * FROM incoming_webhook WHERE body_hash = $1', [
      sha256(text),
    ]);
    expect(JSON.stringify(row)).not.toMatch(/elsewhere|the-customer|chosen_by_sender/);
  });

  it('a replay finds nothing to do', async () => {
    await deliver(world, { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: 'made-elsewhere-too' } });
    const [event] = await webhookEvents(operator, 'type=PAYMENT_STATUS_CHANGED&status=UNHANDLED');
    expect(await operator.post(`/v1/webhook-events/${event!.id}/replay`)).toMatchObject({
      status: 200,
      body: { status: 'UNHANDLED' },
    });
  });
});

describe('a flood', () => {
  it('of what is not ours is bounded in rows and bytes, and real orders’ events in it are all processed', async () => {
    const real = [await paid(), await paid(), await paid()];
    const before = await size();
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, index) => {
        const { orderId, paymentKey } = real[index % real.length]!;
        const genuine = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, paymentKey, status: 'DONE' } };
        return deliver(
          world,
          index % 40 === 0 ? genuine : bodyOf(8 * KILOBYTE, `FLOOD_${index}`),
          from(`203.0.113.${index % 250}`),
        );
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const after = await size();
    expect(after.digests - before.digests).toBeLessThanOrEqual(128);
    expect(after.bytes - before.bytes).toBeLessThan(128 * KILOBYTE);
    const events = await Promise.all(real.map(({ orderId }, index) => processed(orderId, index === 0 ? 4 : 3)));
    expect(events.map(({ length }) => length)).toEqual([4, 3, 3]);
    const { body: text } = await world.api.get('/metrics');
    expect(Number(/gudok_webhooks_not_kept_total\{reason="budget"\} (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(
      390 - 128,
    );
  });

  it('from one network is refused for a while, and nobody else is, nor what is about an order of ours', async () => {
    const { orderId, paymentKey } = await paid();
    const addresses = (index: number) => `2001:db8:1:2:${(index % 9_000) + 1}::1`;
    const answers = await Promise.all(
      Array.from({ length: 620 }, (_, index) => deliver(world, { eventType: 'X' }, from(addresses(index)))),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(refused[0]!.body.code).toBe('TOO_MANY_REQUESTS');
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await deliver(world, { eventType: 'X' }, from('2001:db8:1:3::1'))).status).toBe(200);
    const genuine = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, paymentKey } };
    expect((await deliver(world, genuine, from(addresses(0)))).status).toBe(200);
    await processed(orderId);
  });

  it('about one order of ours is bounded too, and its latest event is never lost', async () => {
    const { orderId, paymentKey } = await paid();
    const startedAt = performance.now();
    const forged = (index: number) => ({
      eventType: 'PAYMENT_STATUS_CHANGED',
      data: { orderId, paymentKey, status: 'CANCELED', index, padding: 'x'.repeat(4_000) },
    });
    for (let wave = 0; wave < 150; wave += 25) {
      const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => deliver(world, forged(wave + index))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    // Then one after the other, so that there is always a new one.
    for (let index = 0; index < 400; index++) await deliver(world, forged(index));
    const ofOrder = () => webhookEvents(operator, `orderId=${orderId}`);
    const allDone = async () => (await ofOrder()).every(({ processed }) => processed);
    await eventually('all of them to be processed', allDone);
    const seconds = Math.ceil((performance.now() - startedAt) / 1_000);
    expect(await lookUps(world, orderId)).toBeLessThanOrEqual(seconds + 2);
    // 50 and the one that stands for the rest; of a wave, each may find room for one more.
    expect((await ofOrder()).length).toBeLessThan(80);
    // What Toss shows now is still learned from the next event.
    await world.simulator.dashboardCancel(paymentKey);
    expect((await deliver(world, forged(999))).status).toBe(200);
    await eventually(
      'the cancel to be known',
      async () => (await operator.get(`/v1/payments/${orderId}`)).body.status === 'REFUNDED',
    );
  });
});

/** How much of the table is taken. */
async function size(): Promise<{ digests: number; bytes: number }> {
  const [row] = await world.database.query<{ digests: number; bytes: number }>(
    `SELECT count(*) FILTER (WHERE body IS NULL)::int AS digests,
       COALESCE(sum(pg_column_size(incoming_webhook.*)), 0)::int AS bytes FROM incoming_webhook`,
  );
  return row!;
}
