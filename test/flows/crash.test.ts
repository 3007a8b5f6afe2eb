import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts';
import type { Answer } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type Program, Programs } from '../support/program.ts';
import { randomFrom, SEED } from '../support/property.ts';
import { sized } from '../support/size.ts';
import { Simulator } from '../support/simulator.ts';
import { eventually } from '../support/world.ts';

/** How often the program is killed under load. More find more; a round takes three seconds. */
const ROUNDS = sized(2, 20);
const BUYERS_PER_ROUND = sized(20, 40);
/** A test that has many things to start on a slow machine. */
const PATIENCE_MS = 120_000;
/** Those who stop programs (Docker, Kubernetes) kill them after 10 or 30 seconds. */
const ENDS_WITHIN_MS = 9_000;

const SECRET_KEY = 'test_gsk_crash_000000000000000000';
const CLIENT_KEY = 'test_gck_crash_000000000000000000';
/** What the programs of one deployment have in common. */
const DEPLOYMENT = {
  AUTH_JWT_SECRET: randomBytes(32).toString('hex'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  SANDBOX: 'true',
  TOSS_SECRET_KEY: SECRET_KEY,
  TOSS_CLIENT_KEY: CLIENT_KEY,
};

/** `SEED=...` repeats what chance decides; the order in which the machine does things stays its own. */
const random = randomFrom(SEED);
const randomInt = (below: number): number => Math.floor(random() * below);

const programs = new Programs();
let toss: RunningSimulator;
let simulator: Simulator;
let database: TestDatabase;
let buyers = 0;

// Toss and the database outlive every program of a test.
beforeEach(async () => {
  toss = await startSimulator({ data: ':memory:', port: 0, keys: [{ client: CLIENT_KEY, secret: SECRET_KEY }] });
  simulator = new Simulator(toss.url);
  database = await createDatabase();
});
afterEach(async () => {
  await programs.end();
  await toss.close();
  await database.drop();
});

const start = (tossApiUrl = toss.url) =>
  programs.start({ ...DEPLOYMENT, DATABASE_URL: database.url, TOSS_API_URL: tossApiUrl });

/** A buyer who is through the payment window, and talks to whatever program runs. */
interface Purchase {
  orderId: string;
  /** undefined: the program died over it */
  confirm(program: Program): Promise<Answer | undefined>;
  status(program: Program): Promise<string>;
}

async function purchase({ api }: Program): Promise<Purchase> {
  const { body } = await api.post('/v1/sandbox/tokens', { userId: `buyer-${++buyers}` });
  const order = await api.with(body.token).order((buyers % 2) + 1);
  const paymentKey = await simulator.authenticate(order);
  return {
    orderId: order.orderId,
    confirm: (program) =>
      program.api
        .with(body.token)
        .confirm(order, paymentKey)
        .catch(() => undefined),
    status: async (program) => (await program.api.with(body.token).get(`/v1/payments/${order.orderId}`)).body.status,
  };
}

/** The recoverer's looks begin seconds after the asking; the clock of the new program brings them. */
async function recovered(program: Program, purchases: Purchase[]): Promise<void> {
  await eventually('every order to be paid', async () => {
    await program.api.post('/v1/sandbox/clock', { advance: 'PT20S' });
    const statuses = await Promise.all(purchases.map(({ status }) => status(program)));
    return statuses.every((status) => status === 'SUCCESS');
  });
}

async function expectPaidWhenAskedAgain(program: Program, { orderId, confirm }: Purchase): Promise<void> {
  expect(await confirm(program)).toMatchObject({
    status: 200,
    body: { payment: { orderId, status: 'SUCCESS' }, subscription: { isActive: true } },
  });
}

/** The fault that was laid for a confirm has been used: the question is at Toss. */
const tossIsAtWork = () =>
  eventually(
    'Toss to be at work',
    async () => ((await (await fetch(`${toss.url}/_faults`)).json()) as unknown[]).length === 0,
  );

/** A Toss that takes the call and is never heard of: the question is still on its way when we die. */
async function deafToss(): Promise<{ url: string; called: Promise<void>; close(): void }> {
  const server = createServer();
  const called = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    called,
    close: () => void server.close(),
  };
}

describe('kill -9, and the next program on the same database', () => {
  it('asks Toss when the claim is written and Toss never got the question', async () => {
    const deaf = await deafToss();
    const killed = await start(deaf.url);
    const bought = await purchase(killed);
    const lost = bought.confirm(killed);
    await deaf.called;
    await killed.kill();
    expect(await lost).toBeUndefined();
    deaf.close();
    expect(await simulator.books()).toMatchObject({ moneyIn: 0 });

    const next = await start();
    await recovered(next, [bought]);
    await expectPaidWhenAskedAgain(next, bought);
    expect(await simulator.confirms(bought.orderId)).toHaveLength(1);
    await expectBooksToAgree({ database, simulator });
  });

  it('learns by itself what Toss did while it worked, or after it approved; nobody moves a clock', async () => {
    const killed = await start();
    const [working, approved] = [await purchase(killed), await purchase(killed)];
    await simulator.fault({ on: 'confirm', kind: 'slow', orderId: working.orderId, delayMs: 1_500 });
    await simulator.fault({ on: 'confirm', kind: 'slow_after', orderId: approved.orderId, delayMs: 60_000 });
    const lost = [working.confirm(killed), approved.confirm(killed)];
    await tossIsAtWork();
    expect(await simulator.books()).toMatchObject({
      moneyIn: (await simulator.books(approved.orderId)).payments[0]!.totalAmount,
    });
    await killed.kill();
    expect(await Promise.all(lost)).toEqual([undefined, undefined]);

    const next = await start();
    // A buyer who asks at once waits for what the recoverer finds: it looks five seconds after the asking.
    await Promise.all([working, approved].map((bought) => expectPaidWhenAskedAgain(next, bought)));
    for (const { orderId } of [working, approved])
      expect((await simulator.books(orderId)).payments).toMatchObject([{ status: 'DONE' }]);
    await expectBooksToAgree({ database, simulator });
  });

  it(
    `loses nothing and takes nothing twice, ${ROUNDS} times at a random moment under load`,
    async () => {
      await fetch(`${toss.url}/_chaos`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          seed: randomInt(1_000_000),
          rate: 0.5,
          on: ['confirm'],
          kinds: ['slow', 'slow_after'],
          delayMs: 150,
        }),
      });
      let program = await start();
      for (let round = 1; round <= ROUNDS; round++) {
        const bought = await Promise.all(Array.from({ length: BUYERS_PER_ROUND }, () => purchase(program)));
        // A count of answers is a moment that a slow machine reaches too.
        const killAt = randomInt(BUYERS_PER_ROUND);
        let answers = 0;
        const reached = new Promise<void>((resolve) => {
          if (killAt === 0) resolve();
          for (const { confirm } of bought) void confirm(program).then(() => ++answers === killAt && resolve());
        });
        await reached;
        await program.kill();

        program = await start();
        const again = bought.map(({ confirm }) => confirm(program));
        await recovered(program, bought);
        for (const answer of await Promise.all(again)) expect([200, 202]).toContain(answer?.status);
        await Promise.all(bought.map((each) => expectPaidWhenAskedAgain(program, each)));
        await expectBooksToAgree({ database, simulator });
        const { payments } = await simulator.books();
        expect(payments.filter(({ status }) => status === 'DONE')).toHaveLength(round * BUYERS_PER_ROUND);
      }
    },
    PATIENCE_MS,
  );
});

describe('kill -9 in the middle of a refund', () => {
  it.each(['before Toss got the question', 'slow', 'slow_after'])(
    '%s: the next program brings it to its end, once',
    async (moment) => {
      const deaf = moment.startsWith('before') ? await deafToss() : undefined;
      const seller = await start();
      const { orderId, confirm } = await purchase(seller);
      const paid = await confirm(seller);
      expect(paid?.status).toBe(200);

      const killed = deaf ? await start(deaf.url) : seller;
      if (!deaf) await simulator.fault({ on: 'cancel', kind: moment, orderId, delayMs: 1_500 });
      const operator = async ({ api }: Program) =>
        api.with((await api.post('/v1/sandbox/tokens', { userId: 'op', role: 'operator' })).body.token);
      const lost = (await operator(killed))
        .post('/v1/refunds', { orderId, reason: '고객 요청', amount: 3_000 })
        .catch(() => undefined);
      await (deaf ? deaf.called : tossIsAtWork());
      await Promise.all([killed.kill(), seller.kill()]);
      expect(await lost).toBeUndefined();
      deaf?.close();

      const next = await start();
      const api = await operator(next);
      await eventually('the refund to come to its end', async () => {
        await next.api.post('/v1/sandbox/clock', { advance: 'PT30S' });
        return (await api.get(`/v1/refunds?orderId=${orderId}&status=REFUNDED`)).body.data.length === 1;
      });
      expect((await simulator.books(orderId)).payments).toMatchObject([
        { balanceAmount: paid!.body.payment.amount - 3_000, cancels: [{ cancelAmount: 3_000 }] },
      ]);
      await expectBooksToAgree({ database, simulator });
    },
  );
});

describe('two programs on one database', () => {
  it('finish what the other began when it is killed', async () => {
    const [killed, other] = await Promise.all([start(), start()]);
    const bought = await Promise.all(Array.from({ length: 6 }, () => purchase(killed)));
    const points = ['slow', 'slow_after', 'drop_before'];
    for (const [index, { orderId }] of bought.entries()) {
      await simulator.fault({ on: 'confirm', kind: points[index % points.length]!, orderId, delayMs: 1_000 });
    }
    const lost = bought.map(({ confirm }) => confirm(killed));
    await tossIsAtWork();
    await killed.kill();
    await Promise.all(lost);
    await recovered(other, bought);
    await Promise.all(bought.map((each) => expectPaidWhenAskedAgain(other, each)));
    expect((await simulator.books()).payments).toHaveLength(bought.length);
    await expectBooksToAgree({ database, simulator });
  });
});

describe('SIGTERM', () => {
  it('lets the confirms under way be answered, and ends with 0', async () => {
    const program = await start();
    const bought = await Promise.all([purchase(program), purchase(program)]);
    for (const [index, { orderId }] of bought.entries()) {
      await simulator.fault({ on: 'confirm', kind: index === 0 ? 'slow' : 'slow_after', orderId, delayMs: 1_000 });
    }
    const answers = bought.map(({ confirm }) => confirm(program));
    await tossIsAtWork();
    const ended = program.kill('SIGTERM');
    for (const answer of await Promise.all(answers))
      expect(answer).toMatchObject({ status: 200, body: { payment: { status: 'SUCCESS' } } });
    // The buyers' browsers keep their connections; they must not keep the program.
    expect(await Promise.race([ended, sleep(ENDS_WITHIN_MS, 'still running', { ref: false })])).toEqual({
      code: 0,
      signal: null,
    });
    expect(program.stderr).toBe('');
    await expectBooksToAgree({ database, simulator });
  });
});
