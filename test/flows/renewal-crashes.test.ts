import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts';
import { SecretBox } from '../../src/platform/crypto/secret-box.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type Program, Programs } from '../support/program.ts';
import { randomFrom, SEED } from '../support/property.ts';
import { sized } from '../support/size.ts';
import { Simulator } from '../support/simulator.ts';
import { eventually } from '../support/world.ts';

/** `DUE=20000 npm test -- renewal-crashes` for more. */
const DUE = Number(process.env['DUE'] ?? sized(300, 5_000));
const PATIENCE_MS = sized(120_000, 900_000);
/** Those who stop programs kill them after 10 or 30 seconds. */
const ENDS_WITHIN_MS = 9_000;

const MAIN = { client: 'test_gck_renewals_000000000000000', secret: 'test_gsk_renewals_000000000000000' };
const BILLING = { client: 'test_ck_renewals_0000000000000000', secret: 'test_sk_renewals_0000000000000000' };
const encryptionKey = randomBytes(32);
/** What the programs of one deployment have in common. */
const DEPLOYMENT = {
  AUTH_JWT_SECRET: randomBytes(32).toString('hex'),
  ENCRYPTION_KEY: encryptionKey.toString('base64'),
  SANDBOX: 'true',
  TOSS_SECRET_KEY: MAIN.secret,
  TOSS_CLIENT_KEY: MAIN.client,
  TOSS_BILLING_SECRET_KEY: BILLING.secret,
  TOSS_BILLING_CLIENT_KEY: BILLING.client,
};

/** `SEED=...` repeats what chance decides; the order in which the machine does things stays its own. */
const random = randomFrom(SEED);

const programs = new Programs();
let toss: RunningSimulator;
let simulator: Simulator;
let database: TestDatabase;

// Toss and the database outlive every program of a test.
beforeEach(async () => {
  toss = await startSimulator({ data: ':memory:', port: 0, keys: [MAIN, BILLING] });
  simulator = new Simulator(toss.url);
  database = await createDatabase();
});
afterEach(async () => {
  await programs.end();
  await toss.close();
  await database.drop();
});

const start = (more: object = {}) =>
  programs.start({ ...DEPLOYMENT, DATABASE_URL: database.url, TOSS_API_URL: toss.url, ...more });
const pause = (paused: boolean) =>
  database.query(
    `INSERT INTO renewal_switch (id, paused_at) VALUES (1, CASE WHEN $1::bool THEN now() END) ON CONFLICT (id)
      DO UPDATE SET paused_at = EXCLUDED.paused_at`,
    [paused],
  );
const chaos = (rate: number, kinds: string[]) =>
  fetch(`${toss.url}/_chaos`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ seed: Math.floor(random() * 1_000_000), rate, on: ['billing'], kinds, delayMs: 120 }),
  });

/**
 * One card of the buyer's own at Toss, sealed for as many subscriptions as are to fall due now; their period ends in
 * an hour.
 */
async function layDue(program: Program, count: number): Promise<void> {
  const api = await program.api.as('everybody');
  const { customerKey } = (await api.get('/v1/billing-keys/registration')).body;
  const cardId = await api.putCardOnFile(simulator);
  const [{ sealed_key: sealed }] = (await database.query<{ sealed_key: string }>(
    'SELECT sealed_key FROM payment_method WHERE id = $1',
    [cardId],
  )) as [{ sealed_key: string }];
  const box = new SecretBox({ encryptionKey });
  const billingKey = box.open(sealed, `billing-key:${cardId}`);
  const ids = Array.from({ length: count }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
  await database.query(
    `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS g(id, sealed)),
     cards AS (INSERT INTO payment_method (id, user_id, customer_key, provider, status, auth_key_hash, idempotency_key,
       sealed_key, method, issuer_code, created_at, issued_at)
       SELECT id, 'due-' || id, $3, 'toss', 'ACTIVE', md5(id::text) || md5(id::text), 'laid-' || id, sealed, '카드',
         '71', now(), now() FROM given RETURNING id),
     customers AS (INSERT INTO customer (user_id, customer_key) SELECT 'due-' || id, 'key-' || id FROM given),
     held AS (INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months,
       anchor_at, anchor_months, start_date, end_date, payment_method_id, next_charge_at, renewal_state,
         announced_for, announced_amount, created_at)
       SELECT id, 'due-' || id, 1, 1, 9900, 1, now() - interval '1 month' + interval '1 hour', 1,
         now() - interval '1 month' + interval '1 hour', now() + interval '1 hour', id,
         now() - interval '1 minute', 'SCHEDULED', now() + interval '1 hour', 9900, now() FROM cards
           RETURNING id, start_date, end_date)
     INSERT INTO subscription_period (id, subscription_id, plan_id, months, starts_at, ends_at, price, list_price,
       created_at) SELECT gen_random_uuid(), id, 1, 1, start_date, end_date, 0, 9900, now() FROM held`,
    [ids, ids.map((id) => box.seal(billingKey, `billing-key:${id}`)), customerKey],
  );
}

const count = async (where: string) =>
  (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${where}`))[0]!.n;
const charged = () => count(`payment WHERE status = 'SUCCESS'`);

/** Nobody was skipped, nobody charged twice, here or at Toss. */
async function expectOneChargeEach(howMany: number): Promise<void> {
  expect(await database.query(`SELECT status, count(*)::int FROM payment GROUP BY 1`)).toEqual([
    { status: 'SUCCESS', count: howMany },
  ]);
  expect(await count(`(SELECT subscription_id FROM invoice GROUP BY 1 HAVING count(*) <> 1) wrong`)).toBe(0);
  const { payments, moneyIn } = await simulator.books();
  expect([payments.filter(({ status }) => status === 'DONE').length, moneyIn]).toEqual([howMany, howMany * 9_900]);
  expect(
    await count(
      `subscription WHERE end_date < now() + interval '20 days' OR renewal_order_id IS NOT NULL
        OR next_charge_at IS NULL`,
    ),
  ).toBe(0);
  await expectBooksToAgree({ database, simulator });
}

describe(`two programs and kill -9 while ${DUE} are due`, () => {
  it(
    'charges everybody once and skips nobody',
    async () => {
      await pause(true);
      let [one, two] = await Promise.all([start(), start()]);
      await layDue(one, DUE);
      await chaos(0.3, ['slow', 'slow_after', 'drop_after']);
      await pause(false);
      // Killed one after the other at moments that nobody chose, while the other goes on.
      for (const share of [0.15, 0.4, 0.7]) {
        await eventually('some to be charged', async () => (await charged()) >= DUE * share, 120_000);
        if (random() < 0.5) [one, two] = [two, one];
        await one.kill();
        one = await start();
      }
      await chaos(0, []);
      await eventually(
        'all to be charged',
        async () => {
          // What was under way when its program died is looked into minutes later; the clock of one program brings it.
          await two.api.post('/v1/sandbox/clock', { advance: 'PT1M' });
          return (await count(`subscription WHERE next_charge_at <= now()`)) === 0 && (await charged()) === DUE;
        },
        120_000,
      );
      await expectOneChargeEach(DUE);
    },
    PATIENCE_MS,
  );
});

describe('an outage', () => {
  it('of a week: what fell due is charged once, from the day it was due, and nobody was shut out', async () => {
    const before = await start();
    await layDue(before, 1);
    await database.query(
      `UPDATE subscription SET next_charge_at = now() + interval '1 day', end_date = now() + interval '25 hours',
        announced_for = now() + interval '25 hours', start_date = now() + interval '25 hours' - interval '1 month',
        anchor_at = now() + interval '25 hours' - interval '1 month'`,
    );
    await database.query(
      `UPDATE subscription_period SET starts_at = subscription.start_date, ends_at = subscription.end_date
        FROM subscription`,
    );
    const [due] = await database.query<{ end_date: Date }>('SELECT end_date FROM subscription');
    await before.kill();
    await database.query(
      `INSERT INTO sandbox_clock (id, offset_ms) VALUES (1, $1) ON CONFLICT (id) DO UPDATE
        SET offset_ms = EXCLUDED.offset_ms`,
      [8 * 86_400_000],
    );
    await start();
    await eventually('the renewal', async () => (await charged()) === 1);
    const periods = await database.query<{ starts_at: Date; ends_at: Date }>(
      'SELECT starts_at, ends_at FROM subscription_period ORDER BY starts_at',
    );
    expect([periods.length, periods[1]!.starts_at]).toEqual([2, due!.end_date]);
    expect(await database.query('SELECT is_active FROM subscription')).toEqual([{ is_active: true }]);
    await expectBooksToAgree({ database, simulator });
  });
});

describe('SIGTERM', () => {
  it('lets the charges under way be answered, begins no more, and ends with 0', async () => {
    await pause(true);
    const program = await start();
    await layDue(program, 200);
    await chaos(1, ['slow_after']);
    await pause(false);
    await eventually('charges to be under way', async () => (await count(`payment WHERE status = 'PENDING'`)) > 0);
    const ended = program.kill('SIGTERM');
    const end = await Promise.race([
      ended,
      new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS, 'still running').unref()),
    ]);
    expect([end, program.stderr]).toEqual([{ code: 0, signal: null }, '']);
    // Every one that was begun is known; the others are due.
    expect(await count(`payment WHERE status <> 'SUCCESS'`)).toBe(0);
    const done = await charged();
    expect(done).toBeGreaterThan(0);
    expect(done + (await count(`subscription WHERE next_charge_at < now()`))).toBe(200);
    await expectBooksToAgree({ database, simulator });
  });

  it('waits for a Toss that takes longer than anything else', async () => {
    await pause(true);
    const program = await start();
    await layDue(program, 1);
    await simulator.fault({ on: 'billing', kind: 'slow_after', delayMs: 6_000 });
    await pause(false);
    await eventually(
      'Toss to be at work',
      async () => ((await (await fetch(`${toss.url}/_faults`)).json()) as unknown[]).length === 0,
    );
    expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await charged()).toBe(1);
  });
});
