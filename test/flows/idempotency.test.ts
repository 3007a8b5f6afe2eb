import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../support/api.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let buyers = 0;

beforeAll(async () => {
  // The longest request takes two of the longer one, and a minute.
  world = await createWorld({ tossTimeoutMs: 120_000 });
});
afterAll(() => world.close());

const buyer = () => world.api.as(`buyer-${++buyers}`);
const under = (key: string) => ({ 'Idempotency-Key': key });
const isReplay = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true';
const stored = (key: string) =>
  world.database.query<{ status: number | null }>('SELECT status FROM idempotent_request WHERE key = $1', [key]);

describe('a key whose request decided nothing', () => {
  it.each([
    ['a malformed body', { planId: 'one' }, 400, 'VALIDATION_FAILED'],
    ['a plan that is not there', { planId: 77 }, 404, 'PLAN_NOT_FOUND'],
    ['too large a body', { planId: 1, padding: 'x'.repeat(70_000) }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('(%s) may be used for the corrected one', async (_, body, status, code) => {
    const api = await buyer();
    const key = `corrected-${status}`;
    expect(await api.post('/v1/temp-orders', body, under(key))).toMatchObject({ status, body: { code } });
    expect(await stored(key)).toEqual([]);
    const order = await api.post('/v1/temp-orders', { planId: 1 }, under(key));
    expect(order.status).toBe(201);
    expect((await api.post('/v1/temp-orders', { planId: 1 }, under(key))).body).toEqual(order.body);
  });

  it('(a conflict that passes by itself) is worked on anew', async () => {
    const api = await buyer();
    const billingKeyId = await api.putCardOnFile(world.simulator);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    const subscribe = (key: string) => api.post('/v1/subscriptions', { planId: 1, billingKeyId }, under(key));
    expect((await subscribe('first')).status).toBe(202);
    expect(await subscribe('second')).toMatchObject({ status: 409, body: { code: 'PAYMENT_IN_PROGRESS' } });
    await world.simulator.clearFaults();
    await world.clock.advance('PT10M');
    await eventually('the charge to be known', async () => (await api.get('/v1/subscriptions/me')).status === 200);
    expect(await subscribe('second')).toMatchObject({ status: 409, body: { code: 'ALREADY_SUBSCRIBED' } });
  });
});

describe('a key whose request decided something', () => {
  it('(a lasting conflict) is answered the same, although it would end otherwise now', async () => {
    const admin = await world.api.as('boss', 'admin');
    const plan = { type: 'BASIC', name: '단종', price: 1_000, durationMonths: 1 };
    const { id } = (await admin.post('/v1/plans', plan)).body;
    await admin.patch(`/v1/plans/${id}`, { isActive: false });
    const api = await buyer();
    const order = () => api.post('/v1/temp-orders', { planId: id }, under('not-for-sale'));
    expect(await order()).toMatchObject({ status: 409, body: { code: 'PLAN_NOT_FOR_SALE' } });
    await admin.patch(`/v1/plans/${id}`, { isActive: true });
    const again = await order();
    expect(again).toMatchObject({ status: 409, body: { code: 'PLAN_NOT_FOR_SALE' } });
    expect(isReplay(again)).toBe(true);
  });

  it('(a decline) is answered the same, and charges nothing', async () => {
    const api = await buyer();
    const billingKeyId = await api.putCardOnFile(world.simulator);
    await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
    const subscribe = () => api.post('/v1/subscriptions', { planId: 1, billingKeyId }, under('declined'));
    const declined = { status: 402, body: { code: 'PAYMENT_DECLINED', toss: { code: 'REJECT_CARD_PAYMENT' } } };
    expect(await subscribe()).toMatchObject(declined);
    expect(await subscribe()).toMatchObject(declined);
    expect((await api.get('/v1/payments')).body.data).toHaveLength(1);
  });
});

describe('a request that never answered', () => {
  const age = (key: string, seconds: number) =>
    world.database.query(
      `UPDATE idempotent_request SET created_at = created_at - make_interval(secs => $2) WHERE key = $1`,
      [key, seconds],
    );

  it('holds its key as long as it may still be at work by the configured time limits', async () => {
    const api = await buyer();
    const order = () => api.post('/v1/temp-orders', { planId: 1 }, under('died'));
    expect((await order()).status).toBe(201);
    await world.database.query(`UPDATE idempotent_request SET status = NULL, response = NULL WHERE key = 'died'`);
    await age('died', 280);
    expect(await order()).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } });
    await age('died', 40);
    const anew = await order();
    expect([anew.status, isReplay(anew)]).toEqual([201, false]);
  });

  it('does not replace the answer of the one that took over, when it comes back after all', async () => {
    const api = await buyer();
    const lock = new pg.Client({ connectionString: world.database.url });
    await lock.connect();
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE invoice IN SHARE ROW EXCLUSIVE MODE');
    const order = () => api.post('/v1/temp-orders', { planId: 1 }, under('late'));
    const late = order();
    await eventually('the first request to hold the key', async () => (await stored('late')).length === 1);
    // What another program leaves that took the key over and has answered.
    await age('late', -1);
    await world.database.query(`
      UPDATE idempotent_request SET status = 201, response = '{"orderId":"of-the-other"}' WHERE key = 'late'`);
    await lock.query('ROLLBACK');
    await lock.end();
    expect((await late).body.orderId).not.toBe('of-the-other');
    expect((await order()).body).toEqual({ orderId: 'of-the-other' });
  });
});

it('answers of more than 24 hours ago are forgotten, however many', async () => {
  await world.database.query(`
    INSERT INTO idempotent_request (user_id, operation, key, body_hash, status, response, created_at)
    SELECT 'u', 'x', 'old-' || n, repeat('0', 64), 201, '{}', now() - interval '2 days'
    FROM generate_series(1, 2500) n`);
  const operator = await world.api.as('op', 'operator');
  expect((await operator.post('/v1/operations/jobs/purge-idempotency-keys/run')).status).toBe(200);
  const left = await world.database.query(`SELECT FROM idempotent_request WHERE key LIKE 'old-%'`);
  expect(left).toEqual([]);
});
