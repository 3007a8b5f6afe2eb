import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { SecretBox } from '../src/platform/crypto/secret-box.ts';
import { asFastAsPossible, type Sent } from './load.ts';
import { token } from './orders.ts';
import type { Program } from './program.ts';
import type { Section } from './section.ts';
import { thousands } from './table.ts';
import type { World } from './world.ts';

const PROGRAMS = 2;
const SHARE_GOAL = 0.05;
/** The heap that V8 uses before it collects garbage. It is the same for a twentieth of the renewals. */
const MEMORY_GOAL_MB = 250;
const CHUNK = 20_000;
const PRICE = 9_900;
const SIMULATOR_BILLING_KEY = 'test_sk_simulator_0000000000000000';
const CUSTOMER = 'bench-customer';

const TOSS_HEADERS = [
  'content-type',
  'application/json',
  'authorization',
  `Basic ${Buffer.from(`${SIMULATOR_BILLING_KEY}:`).toString('base64')}`,
];

/** Many renewals due at once: how fast two programs charge them, and whether memory grows with their number. */
export const renewals: Section = async (world, quick) => {
  const due = quick ? 5_000 : 100_000;
  const billingKey = await issue(world);
  const bound = await simulatorChargesPerSecond(world, billingKey, quick ? 2_000 : 10_000);
  const programs: Program[] = [];
  while (programs.length < PROGRAMS) programs.push(await world.start());
  await createDueSubscriptions(world, billingKey, 2_000);
  await renew(world, programs);
  await createDueSubscriptions(world, billingKey, due);
  const before = programs.map((program) => program.memory());
  const watch = watchMemory(programs);
  const startedAt = performance.now();
  await renew(world, programs);
  const seconds = (performance.now() - startedAt) / 1_000;
  const peaks = await watch();
  await Promise.all(programs.map((program) => program.stop()));
  const { rows } = await world.sql.query(
    `SELECT count(*)::int AS n FROM invoice WHERE subscription_id IS NOT NULL AND status = 'PAID'`,
  );
  if (rows[0].n !== due + 2_000) throw new Error(`${rows[0].n} of ${due + 2_000} were charged`);
  const perSecond = due / seconds;
  const growth = Math.max(...peaks.map((bytes, index) => bytes - before[index]!)) / 2 ** 20;
  return [
    {
      what: `renewals by ${PROGRAMS} programs, relative to the simulator alone`,
      here: (perSecond / bound).toFixed(2),
      goal: `>= ${SHARE_GOAL}`,
      met: perSecond / bound >= SHARE_GOAL,
      from: `${thousands(Math.round(perSecond))}/s, and ${thousands(Math.round(bound))}/s; ${thousands(due)} due`,
    },
    {
      what: `memory while ${thousands(due)} are due: the largest growth of a program`,
      here: `${growth.toFixed(0)} MB`,
      goal: `<= ${MEMORY_GOAL_MB} MB`,
      met: growth <= MEMORY_GOAL_MB,
      from: `MB before: ${before.map(mb).join(' ')}; peak: ${peaks.map(mb).join(' ')}`,
    },
  ];
};

const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(0);

async function issue({ simulatorUrl }: World): Promise<string> {
  const post = async <T>(path: string, body: object): Promise<T> =>
    (await (
      await request(simulatorUrl + path, { method: 'POST', headers: TOSS_HEADERS, body: JSON.stringify(body) })
    ).body.json()) as T;
  const { authKey } = await post<{ authKey: string }>('/_billing_auths', { customerKey: CUSTOMER });
  return (await post<{ billingKey: string }>('/v1/billing/authorizations/issue', { authKey, customerKey: CUSTOMER }))
    .billingKey;
}

async function simulatorChargesPerSecond({ simulatorUrl }: World, billingKey: string, count: number): Promise<number> {
  const charge = (): Sent => {
    const orderId = randomUUID();
    return {
      path: `/v1/billing/${encodeURIComponent(billingKey)}`,
      headers: [...TOSS_HEADERS, 'idempotency-key', `charge-${orderId}-1`],
      body: JSON.stringify({ customerKey: CUSTOMER, orderId, orderName: '베이직', amount: PRICE }),
    };
  };
  const startedAt = performance.now();
  await asFastAsPossible(simulatorUrl, Array.from({ length: count }, charge));
  return count / ((performance.now() - startedAt) / 1_000);
}

/** Subscriptions with one card on file each, whose period ends in an hour. */
async function createDueSubscriptions({ sql, encryptionKey }: World, billingKey: string, count: number): Promise<void> {
  const box = new SecretBox({ encryptionKey });
  for (let created = 0; created < count; created += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, count - created) }, () => randomUUID());
    await sql.query(
      `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS g(id, sealed)),
       cards AS (
         INSERT INTO payment_method (id, user_id, customer_key, provider, status, auth_key_hash, idempotency_key,
           sealed_key, method, issuer_code, created_at, issued_at)
         SELECT id, 'due-' || id, $3, 'toss', 'ACTIVE', md5(id::text) || md5(id::text), 'created-' || id, sealed,
           '카드', '71', now(), now()
         FROM given RETURNING id
       ),
       customers AS (
         INSERT INTO customer (user_id, customer_key) SELECT 'due-' || id, 'key-' || id FROM given
       ),
       dates AS (SELECT now() - interval '1 month' + interval '1 hour' AS start, now() + interval '1 hour' AS "end")
       INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
         anchor_months, start_date, end_date, payment_method_id, next_charge_at, renewal_state, announced_for,
         announced_amount, created_at)
       SELECT id, 'due-' || id, 1, 1, $4::int, 1, start,
         1, start, "end", id, now() + interval '1 minute', 'SCHEDULED', "end", $4::int,
         now()
       FROM cards, dates`,
      [ids, ids.map((id) => box.seal(billingKey, `billing-key:${id}`)), CUSTOMER, PRICE],
    );
  }
  await sql.query('ANALYZE payment_method, subscription, payment, payment_attempt');
  await sql.query('CHECKPOINT');
  await sql.query(`UPDATE subscription SET next_charge_at = now() WHERE next_charge_at < now() + interval '2 minutes'`);
}

async function renew({ jwtSecret }: World, programs: Program[]): Promise<void> {
  const headers = { authorization: `Bearer ${token('bench', jwtSecret, 'operator')}` };
  await Promise.all(
    programs.map(async ({ url }) => {
      const { statusCode, body } = await request(`${url}/v1/operations/jobs/renew-subscriptions/run`, {
        method: 'POST',
        headers,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`the job responded ${statusCode}: ${text}`);
    }),
  );
}

/** @returns a function that stops and gives the peak memory of each program, in bytes */
function watchMemory(programs: Program[]): () => Promise<number[]> {
  let watching = true;
  const peaks = programs.map((program) => program.memory());
  const watch = (async () => {
    while (watching) {
      programs.forEach((program, index) => (peaks[index] = Math.max(peaks[index]!, program.memory())));
      await sleep(50);
    }
  })();
  return async () => {
    watching = false;
    await watch;
    return peaks;
  };
}
