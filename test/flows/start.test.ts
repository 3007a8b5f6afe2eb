import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { isAlive, killAndWait, Programs } from '../support/program.ts';
import { eventually } from '../support/world.ts';

const programs = new Programs();
const databases: TestDatabase[] = [];
const blockers: Server[] = [];

afterEach(async () => {
  for (const blocker of blockers.splice(0)) await new Promise((resolve) => blocker.close(resolve));
});
afterAll(async () => {
  await programs.end();
  for (const database of databases) await database.drop();
});

/** Saves the second that an embedded PostgreSQL would take, where the test is not about it. */
async function databaseUrl(): Promise<string> {
  const database = await createDatabase();
  databases.push(database);
  return database.url;
}

/** Another program's port. @returns which; the wanted one may be taken already, which is just as well */
async function takePort(port = 0): Promise<number> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve) =>
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
  );
  if (taken) blockers.push(server);
  return taken ? (server.address() as { port: number }).port : port;
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('the data in DATA_DIR', () => {
  // One folder through all that can happen to it: each test goes on where the one before ended.
  let dataDir: string;
  let orderId: string;
  let paymentKey: string;

  /** The order that was paid at the first start is still there, at ours and at the simulator's. */
  async function expectDataToHaveSurvived(program: Awaited<ReturnType<Programs['start']>>) {
    const buyer = await program.api.as('survivor');
    expect((await buyer.get(`/v1/payments/${orderId}`)).body).toMatchObject({ status: 'SUCCESS', paymentKey });
    expect((await buyer.get('/v1/subscriptions/me')).status).toBe(200);
    const { payments } = await program.simulator.books(orderId);
    expect(payments).toMatchObject([{ paymentKey, status: 'DONE', balanceAmount: 9900 }]);
  }

  it('survives Ctrl-C, which stops everything', async () => {
    dataDir = join(await programs.folder(), 'closed', 'data');
    // As root's home is: PostgreSQL, which runs as nobody then, must pass it.
    await mkdir(join(dataDir, '..'), { mode: 0o700 });
    const first = await programs.start({ DATA_DIR: dataDir });
    const buyer = await first.api.as('survivor');
    const order = await buyer.order(1);
    paymentKey = await first.simulator.authenticate(order);
    expect((await buyer.confirm(order, paymentKey)).status).toBe(200);
    orderId = order.orderId;
    const { simulator, postgres } = first;
    expect(isAlive(postgres!)).toBe(true);

    expect(await first.kill('SIGINT')).toEqual({ code: 0, signal: null });

    expect(isAlive(postgres!)).toBe(false);
    expect(first.postgres).toBeUndefined();
    expect(await answers(`${simulator.url}/_books`)).toBe(false);
    expect(first.stderr).toBe('');
    const second = await programs.start({ DATA_DIR: dataDir });
    await expectDataToHaveSurvived(second);
    await second.kill('SIGTERM');
    expect(isAlive(second.postgres ?? postgres!)).toBe(false);
  });

  it('survives kill -9 of the program: the simulator ends by itself, PostgreSQL lives on and is adopted', async () => {
    const killed = await programs.start({ DATA_DIR: dataDir });
    const { simulator, postgres } = killed;
    await killed.kill('SIGKILL');
    await eventually('the simulator to end by itself', async () => !(await answers(`${simulator.url}/_books`)));
    expect(isAlive(postgres!)).toBe(true);

    const next = await programs.start({ DATA_DIR: dataDir });
    expect(next.postgres).toBe(postgres);
    await expectDataToHaveSurvived(next);
    await next.kill('SIGINT');
    expect(isAlive(postgres!)).toBe(false);
  });

  it('survives kill -9 of everything; the lock files of the dead stop nobody', async () => {
    const killed = await programs.start({ DATA_DIR: dataDir });
    const { postgres } = killed;
    await killed.kill('SIGKILL');
    await killAndWait(postgres!, 'SIGKILL');
    expect(killed.postgres).toBe(postgres);
    // The number of the dead program, given meanwhile to somebody else: us.
    await writeFile(join(dataDir, 'program.pid'), String(process.pid));

    const next = await programs.start({ DATA_DIR: dataDir });
    expect(next.postgres).not.toBe(postgres);
    await expectDataToHaveSurvived(next);
    await next.kill('SIGINT');
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s half-way through the start leaves nothing running and says nothing',
  async (signal) => {
    const program = await programs.launch();
    const postgres = await eventually('PostgreSQL to be starting', async () => program.postgres);
    expect(await program.kill(signal)).toEqual({ code: 0, signal: null });
    expect(isAlive(postgres)).toBe(false);
    expect(program.stderr).toBe('');
  },
);

describe('a bad setting stops the start with one line that names it', () => {
  const secret = 'live_sk_x';
  const outside = {
    SANDBOX: 'false',
    TOSS_SECRET_KEY: 'test_gsk_x',
    TOSS_CLIENT_KEY: 'test_gck_x',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    AUTH_JWT_SECRET: randomBytes(32).toString('hex'),
  };
  it.each<[string, Record<string, string>, string[]]>([
    [
      'several at once',
      {
        PORT: 'abc',
        TEMP_ORDER_TTL_MINUTES: '60m',
        TOSS_API_URL: 'http://api.example.com',
        AUTH_JWKS_URL: 'http://id.example.com/keys',
        ENCRYPTION_KEY: 'correct horse battery staple, correct horse bat',
      },
      [
        'PORT: a whole number from 0 to 65535',
        'TEMP_ORDER_TTL_MINUTES: a whole number from 1 to 43200',
        'TOSS_API_URL: https',
        'AUTH_JWKS_URL: https',
        'ENCRYPTION_KEY: 32 bytes in base64',
      ],
    ],
    ['a path in the address of Toss', { TOSS_API_URL: 'http://127.0.0.1:1/path' }, ['TOSS_API_URL']],
    ['the sandbox with a live key', { SANDBOX: 'true', TOSS_SECRET_KEY: secret }, ['SANDBOX']],
    [
      'no keys outside the sandbox',
      { SANDBOX: 'false' },
      ['TOSS_SECRET_KEY', 'TOSS_CLIENT_KEY', 'ENCRYPTION_KEY', 'AUTH_JWT_SECRET'],
    ],
    [
      'messages to an inside address outside the sandbox',
      { SANDBOX: 'false', OUTBOUND_WEBHOOK_URL: 'http://169.254.169.254/' },
      ['OUTBOUND_WEBHOOK_URL: https', 'OUTBOUND_WEBHOOK_URL: no private', 'OUTBOUND_WEBHOOK_SECRET'],
    ],
    [
      'a weak secret for messages',
      { OUTBOUND_WEBHOOK_URL: 'http://127.0.0.1:1/', OUTBOUND_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' },
      ['OUTBOUND_WEBHOOK_SECRET'],
    ],
    ['a sandbox that NODE_ENV contradicts', { NODE_ENV: 'production' }, ['KEY: unset', 'NODE_ENV=production']],
    ['a sandbox that is open to the network', { HOST: '0.0.0.0' }, ['TOSS_SECRET_KEY: unset', 'HOST=0.0.0.0']],
    ['a sandbox beside a live key', { TOSS_CLIENT_KEY: 'live_gck_x' }, ['a live_ TOSS_CLIENT_KEY', 'SANDBOX=true']],
    [
      'a test key beside a live one, also of two pairs',
      {
        ...outside,
        TOSS_SECRET_KEY: 'live_gsk_x',
        TOSS_BILLING_SECRET_KEY: 'test_sk_x',
        TOSS_BILLING_CLIENT_KEY: 'live_ck_x',
      },
      [
        'TOSS_SECRET_KEY, TOSS_CLIENT_KEY: one is a test key and one a live key',
        'TOSS_BILLING_SECRET_KEY, TOSS_BILLING_CLIENT_KEY: one is a test key',
        'TOSS_SECRET_KEY, TOSS_BILLING_SECRET_KEY: one is a test key',
      ],
    ],
    [
      'a widget key beside an individual one, and secrets that are none',
      {
        ...outside,
        TOSS_CLIENT_KEY: 'test_ck_x',
        ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
        AUTH_JWT_SECRET: 'x'.repeat(40),
      },
      [
        'TOSS_SECRET_KEY, TOSS_CLIENT_KEY: one is for payment widgets',
        'ENCRYPTION_KEY: one byte repeated',
        'AUTH_JWT_SECRET: one character repeated',
      ],
    ],
    [
      'a database that nobody serves',
      { DATABASE_URL: 'postgres://gudok:hidden@127.0.0.1:1/gudok' },
      ['DATABASE_URL: 127.0.0.1:1', 'ECONNREFUSED'],
    ],
  ])('%s', async (_, environment, names) => {
    const program = await programs.launch(environment);
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stdout).toBe('');
    const lines = program.stderr.trim().split('\n');
    expect(lines).toHaveLength(1);
    for (const name of names) expect(lines[0]).toContain(name);
    expect(lines[0]).not.toContain(secret);
    expect(lines[0]).not.toContain('hidden');
  });

  it('a database that is not there', async () => {
    const url = new URL(await databaseUrl());
    url.pathname = '/no_such_database';
    const program = await programs.launch({ DATABASE_URL: url.href });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    const line = expect.stringMatching(/DATABASE_URL: .*"no_such_database" does not exist/);
    expect(program.stderr.trim().split('\n')).toEqual([line]);
  });

  it('a database in which the user may create nothing', async () => {
    const database = await createDatabase();
    databases.push(database);
    await database.query(`CREATE ROLE start_test_reader LOGIN PASSWORD 'hidden'`);
    const url = Object.assign(new URL(database.url), { username: 'start_test_reader', password: 'hidden' });
    const program = await programs.launch({ DATABASE_URL: url.href });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    await database.query('DROP ROLE start_test_reader');
    expect(program.stderr.trim().split('\n')).toEqual([expect.stringMatching(/DATABASE_URL: .*: permission denied/)]);
    expect(program.stderr).not.toContain('hidden');
  });

  it('a PORT that another program has', async () => {
    const port = await takePort();
    const program = await programs.launch({ PORT: String(port), DATABASE_URL: await databaseUrl() });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stderr.trim().split('\n')).toEqual([expect.stringContaining('PORT')]);
    expect(program.stderr).toContain(String(port));
  });
});

describe('side by side', () => {
  it('two programs without a PORT start at the same moment: each gets its own, the next that is free', async () => {
    await takePort(3000);
    const environments = await Promise.all([databaseUrl(), databaseUrl()]);
    const launched = await Promise.all(
      environments.map((DATABASE_URL) => programs.launch({ PORT: undefined, DATABASE_URL })),
    );
    const [one, other] = await Promise.all(launched.map((program) => program.ready()));
    const ports = [one!, other!].map(({ url }) => Number(new URL(url).port));
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) expect(port).toBeGreaterThan(3000);

    // Neither sees what the other does.
    const buyer = await one!.api.as('buyer');
    const order = await buyer.order(1);
    await one!.simulator.authenticate(order);
    expect((await other!.simulator.books()).payments).toEqual([]);
    expect((await (await other!.api.as('buyer')).get(`/v1/temp-orders/${order.orderId}`)).status).not.toBe(200);
    await Promise.all([one!.kill('SIGTERM'), other!.kill('SIGTERM')]);
  });

  it('two with a PostgreSQL each do not meet, and one’s end is not the other’s', async () => {
    const [one, other] = await Promise.all([programs.start(), programs.start()]);
    expect(one.postgres).not.toBe(other.postgres);
    const { postgres } = one;
    expect(await one.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(isAlive(postgres!)).toBe(false);
    expect((await fetch(`${other.url}/health/ready`)).status).toBe(200);
    const buyer = await other.api.as('buyer');
    const order = await buyer.order(2);
    expect((await buyer.confirm(order, await other.simulator.authenticate(order))).status).toBe(200);
  });
});

describe('a sandbox', () => {
  it('starts in spite of what says production, where SANDBOX=true says it aloud', async () => {
    const production = { NODE_ENV: 'production', HOST: '0.0.0.0' };
    const program = await programs.start({ SANDBOX: 'true', ...production, DATABASE_URL: await databaseUrl() });
    expect((await (await program.api.as('u')).get('/v1/payments')).status).toBe(200);
    await program.kill('SIGTERM');
  });

  it('starts on a HOST of this machine alone without a word', async () => {
    const program = await programs.start({ HOST: '127.0.0.1', DATABASE_URL: await databaseUrl() });
    expect(program.stderr).toBe('');
    await program.kill('SIGTERM');
  });
});

describe('outside the sandbox', () => {
  const keys = {
    SANDBOX: 'false',
    TOSS_SECRET_KEY: 'test_gsk_x',
    TOSS_CLIENT_KEY: 'test_gck_x',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    HOST: '127.0.0.1',
    AUTH_JWKS_URL: 'https://id.example/keys',
    LOG_LEVEL: 'warn',
  };

  it('keys of an identity provider without AUTH_ISSUER and AUTH_AUDIENCE are warned about, once', async () => {
    const program = await programs.start({ ...keys, DATABASE_URL: await databaseUrl() });
    const warnings = program.stdout.split('\n').filter((line) => line.includes('AUTH_ISSUER and AUTH_AUDIENCE unset'));
    expect(warnings).toHaveLength(1);
    expect(program.stdout).toContain('PUBLIC_URL unset');
    await program.kill('SIGTERM');
  });

  it('with both there is nothing to warn about', async () => {
    const claims = { AUTH_ISSUER: 'https://id.example/', AUTH_AUDIENCE: 'gudok', PUBLIC_URL: 'https://pay.example' };
    const program = await programs.start({ ...keys, ...claims, DATABASE_URL: await databaseUrl() });
    expect(program.stdout).not.toContain('"warn"');
    await program.kill('SIGTERM');
  });
});

it('DATA_DIR and its secrets are closed to others, also after a start that was cut short', async () => {
  const dataDir = join(await programs.folder(), 'data');
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'secrets.json.new'), '{', { mode: 0o644 });
  const database = await databaseUrl();
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  const first = await programs.start({ DATA_DIR: dataDir, DATABASE_URL: database });
  await first.kill('SIGTERM');
  expect(await modeOf(join(dataDir, 'secrets.json'))).toBe(0o600);
  const fresh = join(dataDir, 'fresh');
  const second = await programs.start({ DATA_DIR: fresh, DATABASE_URL: database });
  await second.kill('SIGTERM');
  expect(await modeOf(fresh)).toBe(0o700);
});
