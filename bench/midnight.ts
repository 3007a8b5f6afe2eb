import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { asFastAsPossible, atRate } from './load.ts';
import { confirmRequest, createPayments, token } from './orders.ts';
import type { Program } from './program.ts';
import type { Section } from './section.ts';
import { quantile, thousands } from './table.ts';
import type { World } from './world.ts';

const RATIO_GOAL = 2;
const STATEMENT_GOAL_MS = 50;
const P99_GOAL = 2;
/** The share of subscriptions that end tonight. */
const EXPIRED_SHARE = 0.05;
const CONFIRMS_PER_SECOND = 100;
/** Long enough for the whole job, which starts after one second. */
const CONFIRMS_FOR_SECONDS = 8;

/** The midnight job relative to one UPDATE of the same rows without events, and its effect on buyers meanwhile. */
export const midnight: Section = async (world, quick) => {
  const subscriptions = quick ? 200_000 : 1_000_000;
  await fill(world, subscriptions);
  const raw = await timed(() =>
    world.sql.query(
      `UPDATE subscription SET is_active = false, status = 'EXPIRED'
       WHERE is_active AND end_date <= now() - interval '1 day'`,
    ),
  );
  const program = await world.start();
  await fill(world, subscriptions);
  const watched = watchStatements(world);
  const job = await timed(() => expire(world, program));
  const longest = await watched();

  await fill(world, subscriptions);
  const warmUp = await createPayments(world, 2_000);
  await asFastAsPossible(
    program.url,
    warmUp.map((order) => confirmRequest(world, order)),
  );
  const quiet = await confirms(world, program);
  const busy = await confirms(world, program, () => expire(world, program));
  await program.stop();
  await empty(world);
  return [
    {
      what: `midnight, ${thousands(subscriptions)} subscriptions: the job, relative to one raw UPDATE`,
      here: (job / raw).toFixed(2),
      goal: `<= ${RATIO_GOAL.toFixed(1)}`,
      met: job / raw <= RATIO_GOAL,
      from: `${(job / 1000).toFixed(2)} s with an event each, ${(raw / 1000).toFixed(2)} s without`,
    },
    {
      what: 'midnight: the longest statement',
      here: `${longest.toFixed(0)} ms`,
      goal: `<= ${STATEMENT_GOAL_MS} ms`,
      met: longest <= STATEMENT_GOAL_MS,
      from: 'sampled every 2 ms',
    },
    {
      what: 'midnight: p99 of confirms during the job, relative to before',
      here: (busy / quiet).toFixed(1),
      goal: `<= ${P99_GOAL.toFixed(1)}`,
      met: busy / quiet <= P99_GOAL,
      from: `${busy.toFixed(1)} ms and ${quiet.toFixed(1)} ms, ${CONFIRMS_PER_SECOND} confirms/s`,
    },
  ];
};

/** The truncate reaches all that customers have, the append-only tables too, whose triggers would refuse it. */
async function empty({ sql }: World): Promise<void> {
  await sql.query(`
    BEGIN;
    SET LOCAL session_replication_role = replica;
    TRUNCATE customer CASCADE;
    COMMIT`);
}

async function fill(world: World, count: number): Promise<void> {
  const { sql } = world;
  await empty(world);
  await sql.query(
    `INSERT INTO customer (user_id, customer_key) SELECT 'sleeper-' || n, n FROM generate_series(1, $1::int) n`,
    [count],
  );
  await sql.query(
    `INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
       anchor_months, start_date, end_date, created_at)
     SELECT gen_random_uuid(), 'sleeper-' || n, 1, 1, 9900, 1, at, 1, at, at + interval '30 days', at
     FROM generate_series(1, $1::int) n,
       LATERAL (SELECT now() - CASE WHEN n % $2::int = 0 THEN interval '33 days' ELSE interval '10 days' END AS at)
         AS started`,
    [count, Math.round(1 / EXPIRED_SHARE)],
  );
  await sql.query('ANALYZE subscription');
  await sql.query('CHECKPOINT');
}

async function expire({ jwtSecret }: World, { url }: Program): Promise<void> {
  const { statusCode, body } = await request(`${url}/v1/operations/jobs/expire-subscriptions/run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token('bench', jwtSecret, 'operator')}` },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`the job responded ${statusCode}: ${text}`);
}

/** The p99 of the confirms in milliseconds; with a job, of the confirms during the job. */
async function confirms(world: World, { url }: Program, meanwhile?: () => Promise<void>): Promise<number> {
  const requests = (await createPayments(world, CONFIRMS_PER_SECOND * CONFIRMS_FOR_SECONDS)).map((order) =>
    confirmRequest(world, order),
  );
  let [from, to] = [0, CONFIRMS_FOR_SECONDS * 1000];
  const startedAt = performance.now();
  const job =
    meanwhile &&
    sleep(1_000).then(async () => {
      from = performance.now() - startedAt;
      await meanwhile();
      to = performance.now() - startedAt;
    });
  const took = await atRate(url, requests, CONFIRMS_PER_SECOND);
  await job;
  const during = took.filter(
    (_, index) => (index / CONFIRMS_PER_SECOND) * 1000 >= from && (index / CONFIRMS_PER_SECOND) * 1000 <= to,
  );
  return quantile(during, 0.99);
}

/** Samples the job's statements. @returns a function that stops and gives the longest one, in milliseconds */
function watchStatements({ sql }: World): () => Promise<number> {
  let [longest, watching] = [0, true];
  const watch = (async () => {
    while (watching) {
      const { rows } = await sql.query(
        `SELECT EXTRACT(epoch FROM clock_timestamp() - query_start) * 1000 AS ms FROM pg_stat_activity
         WHERE state = 'active' AND query LIKE '%SET is_active = false%' AND pid <> pg_backend_pid()`,
      );
      longest = Math.max(longest, ...rows.map(({ ms }) => Number(ms)));
      await sleep(2);
    }
  })();
  return async () => {
    watching = false;
    await watch;
    return longest;
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}
