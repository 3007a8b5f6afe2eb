import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts';
import { type Answer } from '../support/api.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type Program, Programs } from '../support/program.ts';
import { Simulator } from '../support/simulator.ts';
import { eventually } from '../support/world.ts';

const MAIN = { client: 'test_gck_roles_00000000000000000', secret: 'test_gsk_roles_00000000000000000' };
const BILLING = { client: 'test_ck_roles_000000000000000000', secret: 'test_sk_roles_000000000000000000' };
/** Longer than the ten seconds between two rounds of any job that polls. */
const A_ROUND_MS = 12_000;

const programs = new Programs();
let toss: RunningSimulator;
let simulator: Simulator;
let database: TestDatabase;
let deployment: Record<string, string>;
let api: Program;
let worker: Program;
let unknownOrder: string;

// One deployment through the whole file: an API, and later a worker beside it.
beforeAll(async () => {
  toss = await startSimulator({ data: ':memory:', port: 0, keys: [MAIN, BILLING] });
  simulator = new Simulator(toss.url);
  database = await createDatabase();
  deployment = {
    SANDBOX: 'true',
    DATABASE_URL: database.url,
    DATA_DIR: await programs.folder(),
    TOSS_API_URL: toss.url,
    TOSS_SECRET_KEY: MAIN.secret,
    TOSS_CLIENT_KEY: MAIN.client,
    TOSS_BILLING_SECRET_KEY: BILLING.secret,
    TOSS_BILLING_CLIENT_KEY: BILLING.client,
    AUTH_JWT_SECRET: randomBytes(32).toString('hex'),
  };
  api = await programs.start({ ...deployment, ROLE: 'api' });
});
afterAll(async () => {
  await programs.end();
  await toss.close();
  await database.drop();
});

const statusOf = async (orderId: string) =>
  (await database.query<{ status: string }>('SELECT status FROM payment WHERE order_id = $1', [orderId]))[0]?.status;
const runJob = async (name: string): Promise<Answer> =>
  (await api.api.as('op', 'operator')).post(`/v1/operations/jobs/${name}/run`);
const subscriptionCharges = async () =>
  (await simulator.asked('/v1/billing/')).filter(({ status, path }) => status === 200 && !path.includes('issue'));

it('an API alone serves buyers and leaves due work untouched', async () => {
  const buyer = await api.api.as('waiting');
  const order = await buyer.order(1);
  const paymentKey = await simulator.authenticate(order);
  await simulator.fault({ on: 'confirm', kind: 'drop_after', orderId: order.orderId, times: 2 });
  await simulator.fault({ on: 'get', kind: 'error_before', times: 2 });
  const confirmed = await buyer.confirm(order, paymentKey);
  expect([confirmed.status, confirmed.body.payment?.status]).toEqual([202, 'PENDING']);
  await simulator.clearFaults();
  unknownOrder = order.orderId;

  await new Promise((resolve) => setTimeout(resolve, A_ROUND_MS));

  expect(await statusOf(unknownOrder)).toBe('PENDING');
});

it('a job that an API cannot have run is 503 with Retry-After, and is not run later', async () => {
  const refused = await runJob('recover-payments');
  expect([refused.status, refused.body.code]).toEqual([503, 'WORKER_UNAVAILABLE']);
  expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/);
  const jobs = await database.query(`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'worker-request'`);
  expect(jobs).toEqual([]);
});

it('a worker takes up what is due, and serves health and metrics only', async () => {
  worker = await programs.start({ ...deployment, ROLE: 'worker' });
  await eventually('the worker to find out', async () => (await statusOf(unknownOrder)) === 'SUCCESS');
  expect((await fetch(`${worker.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${worker.url}/metrics`)).status).toBe(200);
  for (const path of ['/v1/plans', '/', '/docs', '/openapi.json'])
    expect([path, (await fetch(`${worker.url}${path}`)).status]).toEqual([path, 404]);
});

it('buyers confirm at the API beside a worker', async () => {
  const buyer = await api.api.as('confirming');
  const order = await buyer.order(1);
  expect((await buyer.confirm(order, await simulator.authenticate(order))).status).toBe(200);
});

it('a job that is run at the API is run by the worker, and answered', async () => {
  const answer = await runJob('recover-payments');
  expect([answer.status, answer.body.name]).toEqual([200, 'recover-payments']);
  expect((await runJob('no-such-job')).status).toBe(404);
});

it('the clock that the API moves drains the jobs on the worker: a renewal is charged when it answers', async () => {
  const buyer = await api.api.as('renewing');
  const billingKeyId = await buyer.putCardOnFile(simulator);
  expect((await buyer.post('/v1/subscriptions', { planId: 1, billingKeyId })).status).toBe(200);
  const before = (await subscriptionCharges()).length;

  const moved = await api.api.post('/v1/sandbox/clock', { advance: 'P32D' });

  expect(moved.status).toBe(200);
  expect(Date.parse(moved.body.now) - Date.now()).toBeGreaterThan(31 * 86_400_000);
  expect((await subscriptionCharges()).length).toBe(before + 1);
  const { body } = await buyer.get('/v1/subscriptions/me');
  expect(Date.parse(body.endDate)).toBeGreaterThan(Date.parse(moved.body.now));
});
