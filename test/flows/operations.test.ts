import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.ts';
import type { Api } from '../support/api.ts';
import { createDatabase } from '../support/database.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let operator: Api;

beforeAll(async () => {
  world = await createWorld();
  operator = await world.api.as('op', 'operator');
});
afterAll(() => world.close());

const run = (name: string) => operator.post(`/v1/operations/jobs/${name}/run`);

describe('a daily job', () => {
  /**
   * A database with a subscription that is over, and what other instances have done today, before a program starts
   * on it.
   */
  async function expiredAfterStart(today: string | null, isDue: boolean): Promise<boolean> {
    const database = await createDatabase();
    await database.query(`
      INSERT INTO customer (user_id, customer_key) VALUES ('over', 'over');
      INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
        anchor_months, start_date, end_date, created_at)
      VALUES (gen_random_uuid(), 'over', 1, 1, 9900, 1, now() - interval '40 days', 1, now() - interval '40 days',
              now() - interval '10 days', now())`);
    if (today) {
      await database.query(`
        INSERT INTO job_run (name, due_at, lease_until, is_done)
        SELECT 'expire-subscriptions', date_trunc('day', now(), 'Asia/Seoul'), ${today}`);
    }
    const app = await createApp({ ...world.settings, databaseUrl: database.url });
    await app.listen(0, '127.0.0.1');
    const done = async (name: string) =>
      (await database.query(`SELECT FROM job_run WHERE name = '${name}' AND is_done`)).length > 0;
    // Later in the same round.
    await eventually('the daily round', () => done('announce-renewals'));
    if (isDue) await eventually('the subscription to expire', () => done('expire-subscriptions'));
    const [{ active }] = (await database.query('SELECT is_active AS active FROM subscription')) as [
      { active: boolean },
    ];
    await app.close();
    await database.drop();
    return !active;
  }

  it('is made up for by the first instance that starts', async () => {
    expect(await expiredAfterStart(null, true)).toBe(true);
  });

  it('is not run again where another instance has run it today, nor while one is at it', async () => {
    expect(await expiredAfterStart('now(), true', false)).toBe(false);
    expect(await expiredAfterStart(`now() + interval '1 minute', false`, false)).toBe(false);
  });

  it('is taken over from an instance that died over it', async () => {
    expect(await expiredAfterStart(`now() - interval '1 second', false`, true)).toBe(true);
  });

  it('runs again for the days that a clock which went back comes to once more', async () => {
    const days = async () =>
      (
        await world.database.query<{ due: string }>(
          `SELECT to_char(due_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD') AS due FROM job_run
            WHERE name = 'purge-messages' AND due_at > now() ORDER BY 1`,
        )
      ).map(({ due }) => due);
    await world.clock.set('2027-06-02T12:00:00+09:00');
    expect(await days()).toEqual(['2027-06-02']);
    await world.clock.reset();
    expect(await days()).toEqual([]);
    await world.clock.set('2027-06-02T12:00:00+09:00');
    expect(await days()).toEqual(['2027-06-02']);
  });
});

describe('a purge', () => {
  it('deletes orders that failed in the payment window, 7 days after nobody tried them again', async () => {
    const api = await world.api.as('undecided');
    const failed = await api.order(1);
    const declined = await api.order(1);
    await world.api.get(`/v1/payments/fail?orderId=${failed.orderId}&code=PAY_PROCESS_CANCELED&message=x`);
    await world.simulator.fault({ on: 'confirm', kind: 'decline', orderId: declined.orderId });
    expect((await api.confirm(declined, await world.simulator.authenticate(declined))).status).toBe(402);
    await world.clock.advance('P6D');
    expect((await api.get(`/v1/payments/${failed.orderId}`)).body.status).toBe('FAILED');
    await world.clock.advance('P4D');
    expect((await api.get(`/v1/payments/${failed.orderId}`)).status).toBe(404);
    expect(await world.database.query('SELECT FROM payment_attempt WHERE order_id = $1', [failed.orderId])).toEqual([]);
    // Toss was asked about this one.
    expect((await api.get(`/v1/payments/${declined.orderId}`)).body.status).toBe('FAILED');
  });

  it('deletes messages after 5 years, but none that waits to be delivered', async () => {
    const lay = (status: string, more: string) =>
      world.database.query(`
      INSERT INTO outgoing_event (uuid, type, user_id, data, status, delivered_at, next_try_at, created_at)
      SELECT gen_random_uuid(), 'payment.failed', 'long-ago', '{}', '${status}', ${more}
        FROM generate_series(1, 1500)`);
    await world.database.query(`
      INSERT INTO customer (user_id, customer_key) VALUES ('long-ago', 'long-ago');
      DELETE FROM outgoing_event`);
    await lay('DELIVERED', `now(), NULL, '2021-01-01'`);
    await lay('KEPT', `NULL, NULL, '2026-01-01'`);
    await lay('PENDING', `NULL, '2021-01-01', '2021-01-01'`);
    expect((await run('purge-messages')).body).toEqual({ name: 'purge-messages', affected: 1_500 });
    const left = await world.database.query('SELECT status, count(*)::int FROM outgoing_event GROUP BY 1 ORDER BY 1');
    expect(left).toEqual([
      { status: 'KEPT', count: 1_500 },
      { status: 'PENDING', count: 1_500 },
    ]);
  });

  it('has a name of its own', async () => {
    for (const name of [
      'purge-temp-orders',
      'purge-idempotency-keys',
      'purge-webhook-events',
      'purge-payments',
      'purge-messages',
    ]) {
      expect(await run(name)).toMatchObject({ status: 200, body: { name } });
    }
  });
});

describe('what an operator runs', () => {
  it('is on record before it begins and after it ends', async () => {
    await run('expire-subscriptions');
    const { data } = (await operator.get('/v1/operations/audit-log?limit=2')).body;
    expect(data).toMatchObject([
      { action: 'job.run', subject: 'job:expire-subscriptions', after: { affected: 0 } },
      { action: 'job.start', subject: 'job:expire-subscriptions', after: null },
    ]);
  });

  it('is on record when it fails, too', async () => {
    await world.database.query('ALTER TABLE idempotent_request RENAME TO away');
    expect((await run('purge-idempotency-keys')).status).toBe(500);
    await world.database.query('ALTER TABLE away RENAME TO idempotent_request');
    const { data } = (await operator.get('/v1/operations/audit-log?limit=1')).body;
    expect(data).toMatchObject([{ action: 'job.run', subject: 'job:purge-idempotency-keys', after: { failed: true } }]);
  });

  it('counts failures of a year at most', async () => {
    expect((await operator.get('/v1/operations/payment-failures?from=2026-01-01&to=2027-01-01')).status).toBe(200);
    expect((await operator.get('/v1/operations/payment-failures?from=2025-01-01&to=2027-01-01')).body).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

describe('/metrics', () => {
  it('never shows an earlier reading where the database does not answer', async () => {
    const gauge = async (name: string) =>
      new RegExp(`^${name} (.*)$`, 'm').exec((await world.api.get('/metrics')).body)?.[1];
    expect([await gauge('gudok_pending_payments'), await gauge('gudok_gauges_unreadable')]).toEqual(['0', '0']);
    await world.database.allowConnections(false);
    expect([await gauge('gudok_pending_payments'), await gauge('gudok_gauges_unreadable')]).toEqual(['Nan', '1']);
    await world.database.allowConnections(true);
    await eventually('the gauges to be read again', async () => (await gauge('gudok_pending_payments')) === '0');
    expect(await gauge('gudok_gauges_unreadable')).toBe('0');
  });

  it('asks for METRICS_TOKEN where it is set', async () => {
    const metricsToken = 'a-token-of-a-scraper';
    const guarded = await createWorld({ metricsToken });
    expect((await guarded.api.get('/metrics')).status).toBe(401);
    expect((await guarded.api.get('/metrics', { Authorization: 'Bearer another-token-than-that' })).status).toBe(401);
    expect((await guarded.api.get('/metrics', { Authorization: `Bearer ${metricsToken}` })).status).toBe(200);
    expect((await guarded.api.get('/health/ready')).status).toBe(200);
    await guarded.close();
  });
});
