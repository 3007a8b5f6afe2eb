import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SecretBox } from '../../src/platform/crypto/secret-box.ts';
import type { Api } from '../support/api.ts';
import { Programs } from '../support/program.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let users = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(() => world.simulator.clearFaults());

const user = () => world.api.as(`card-holder-${++users}`);
const customerKeyOf = async (api: Api) => (await api.get('/v1/billing-keys/registration')).body.customerKey as string;
async function registration(api: Api) {
  const customerKey = await customerKeyOf(api);
  return { customerKey, authKey: await world.simulator.registerCard(customerKey, '41') };
}
const issued = async () => (await world.simulator.asked('/v1/billing/authorizations/issue')).length;

describe('a card on file', () => {
  it('is registered, shown without its secret, and taken off', async () => {
    const api = await user();
    const { status, body } = await api.post('/v1/billing-keys', await registration(api));
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        status: 'ACTIVE',
        method: '카드',
        card: { company: '신한카드', issuerCode: '41', number: '12345678****000*' },
      },
    });
    expect((await api.get('/v1/billing-keys')).body).toEqual({ data: [body], nextCursor: null });

    const [row] = await world.database.query<{ sealed_key: string }>('SELECT * FROM payment_method WHERE id = $1', [
      body.id,
    ]);
    expect(row!.sealed_key).toMatch(/^v1\.[0-9a-f]{8}\./);
    expect((await api.delete(`/v1/billing-keys/${body.id}`)).status).toBe(204);
    expect(await world.simulator.asked('/v1/billing/')).toContainEqual(
      expect.objectContaining({ method: 'DELETE', status: 200 }),
    );
    expect((await api.get('/v1/billing-keys')).body.data).toEqual([]);
    expect((await api.delete(`/v1/billing-keys/${body.id}`)).status).toBe(404);
    expect(
      await world.database.query('SELECT status, sealed_key FROM payment_method WHERE id = $1', [body.id]),
    ).toEqual([{ status: 'DELETED', sealed_key: null }]);
  });

  it('that Toss deleted is forgotten, on the word of whoever knows its key', async () => {
    const api = await user();
    const { body } = await api.post('/v1/billing-keys', await registration(api));
    const [row] = await world.database.query<{ sealed_key: string }>('SELECT * FROM payment_method WHERE id = $1', [
      body.id,
    ]);
    const billingKey = new SecretBox(world.settings).open(row!.sealed_key, `billing-key:${body.id}`);
    const tell = (key: string) =>
      world.api.post('/v1/webhooks/toss', {
        eventType: 'BILLING_DELETED',
        createdAt: '2026-11-21T00:00:00.000000',
        data: { billingKey: key, reason: null },
      });
    const operator = await world.api.as('op', 'operator');
    const events = async (status: string) =>
      (await operator.get(`/v1/webhook-events?type=BILLING_DELETED&status=${status}`)).body.data as { data: unknown }[];

    await tell('somebody-guesses');
    await eventually('the guess to be looked at', async () => (await events('UNHANDLED')).length === 1);
    expect((await api.get('/v1/billing-keys')).body.data).toHaveLength(1);
    await tell(billingKey);
    await eventually('the card to be off file', async () => (await api.get('/v1/billing-keys')).body.data.length === 0);
    expect((await events('PROCESSED'))[0]!.data).toMatchObject({ data: { billingKey: '***' } });
  });

  it('is somebody else’s to nobody', async () => {
    const [api, other] = [await user(), await user()];
    const given = await registration(api);
    expect(await other.post('/v1/billing-keys', given)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'customerKey' }] },
    });
    const { body } = await api.post('/v1/billing-keys', given);
    expect((await other.get('/v1/billing-keys')).body.data).toEqual([]);
    expect((await other.delete(`/v1/billing-keys/${body.id}`)).status).toBe(404);
  });

  it('is the same card when the browser comes twice, also at once', async () => {
    const api = await user();
    const given = await registration(api);
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post('/v1/billing-keys', given)));
    const again = await api.post('/v1/billing-keys', given);
    expect(new Set([...answers, again].map(({ body }) => body.id)).size).toBe(1);
    expect(again).toMatchObject({ status: 201, body: { status: 'ACTIVE' } });
    expect((await api.get('/v1/billing-keys')).body.data).toHaveLength(1);
  });

  it('is refused with Toss’s words when the window’s key is nobody’s', async () => {
    const api = await user();
    const given = { customerKey: await customerKeyOf(api), authKey: 'bln_made_up' };
    expect(await api.post('/v1/billing-keys', given)).toMatchObject({
      status: 402,
      body: { code: 'BILLING_KEY_DECLINED', toss: { code: 'NOT_FOUND_BILLING' } },
    });
    expect((await api.get('/v1/billing-keys')).body.data).toEqual([]);
  });
});

describe('an answer that is lost', () => {
  // A 5xx is not replayed by Toss: its authKey is spent, and the buyer registers anew.
  it.each([
    ['drop_after', 201, 201],
    ['garbage', 201, 201],
    ['error_after', 402, 402],
    ['drop_before', 201, 201],
  ])('%s, once: requested again under the same key', async (kind, first, second) => {
    const api = await user();
    const given = await registration(api);
    await world.simulator.fault({ on: 'issue', kind });
    const answers = [await api.post('/v1/billing-keys', given), await api.post('/v1/billing-keys', given)];
    expect(answers.map(({ status }) => status)).toEqual([first, second]);
    const { data } = (await api.get('/v1/billing-keys')).body;
    expect(data.map(({ status }: { status: string }) => status)).toEqual(second === 201 ? ['ACTIVE'] : []);
    const keys = await world.simulator.asked('/v1/billing/authorizations/issue');
    expect(new Set(keys.slice(-2).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('twice: nobody knows, and the same authKey finds out', async () => {
    const api = await user();
    const given = await registration(api);
    await world.simulator.fault({ on: 'issue', kind: 'drop_after', times: 2 });
    const before = await issued();
    expect(await api.post('/v1/billing-keys', given)).toMatchObject({ status: 202, body: { status: 'UNKNOWN' } });
    expect((await issued()) - before).toBe(2);
    expect((await api.get('/v1/billing-keys')).body.data).toEqual([]);
    expect(await api.post('/v1/billing-keys', given)).toMatchObject({ status: 201, body: { status: 'ACTIVE' } });
    expect((await api.get('/v1/billing-keys')).body.data).toHaveLength(1);
  });

  it('of a deletion leaves the card on file, and is asked again', async () => {
    const api = await user();
    const id = await api.putCardOnFile(world.simulator);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after' });
    expect(await api.delete(`/v1/billing-keys/${id}`)).toMatchObject({
      status: 503,
      body: { code: 'PROVIDER_UNAVAILABLE' },
    });
    expect((await api.get('/v1/billing-keys')).body.data).toHaveLength(1);
    // Toss has deleted it already, and says so.
    expect((await api.delete(`/v1/billing-keys/${id}`)).status).toBe(204);
  });
});

describe('the redirect', () => {
  it('registers, and sends the browser on', async () => {
    const api = await user();
    const given = await registration(api);
    const answer = await world.api.get(`/v1/billing-keys/success?${new URLSearchParams(given)}`);
    expect(answer.status).toBe(303);
    const [key] = (await api.get('/v1/billing-keys')).body.data;
    const target = new URL(answer.headers.get('location')!);
    expect([target.pathname, Object.fromEntries(target.searchParams)]).toEqual([
      '/me',
      { billingKeyId: key.id, status: 'ACTIVE' },
    ]);
  });

  it.each(['authKey=x&customerKey=nobody-at-all', 'authKey=x', 'customerKey=y&customerKey=z'])(
    'of nonsense ends on the page for failures: %s',
    async (query) => {
      const answer = await world.api.get(`/v1/billing-keys/success?${query}`);
      expect([answer.status, new URL(answer.headers.get('location')!).pathname]).toEqual([303, '/me']);
    },
  );

  it('of a closed window goes on with its reason', async () => {
    const answer = await world.api.get('/v1/billing-keys/fail?code=PAY_PROCESS_CANCELED&message=closed');
    expect(new URL(answer.headers.get('location')!).searchParams.get('code')).toBe('PAY_PROCESS_CANCELED');
  });
});

describe('nothing that is logged, answered or measured', () => {
  const programs = new Programs();
  afterAll(() => programs.end());

  it('holds a secret', async () => {
    const program = await programs.start({
      DATABASE_URL: world.database.url,
      TOSS_API_URL: world.settings.tossApiUrl!,
      LOG_LEVEL: 'debug',
      ENCRYPTION_KEY: world.settings.encryptionKey.toString('base64'),
      TOSS_SECRET_KEY: world.settings.tossSecretKey,
      TOSS_CLIENT_KEY: world.settings.tossClientKey,
      SANDBOX: 'true',
      TOSS_BILLING_SECRET_KEY: world.settings.tossBillingKeys!.secretKey,
      TOSS_BILLING_CLIENT_KEY: world.settings.tossBillingKeys!.clientKey,
    });
    const api = await program.api.as('discreet');
    const given = await registration(api);
    const answers: unknown[] = [];
    await world.simulator.fault({ on: 'issue', kind: 'garbage' });
    answers.push((await api.post('/v1/billing-keys', given)).body);
    const id = await api.putCardOnFile(world.simulator);
    for (const fault of [
      { kind: 'garbage_before' },
      { kind: 'refuse', code: 'INVALID_BILL_KEY_REQUEST' },
      { kind: 'drop_before' },
    ]) {
      await world.simulator.fault({ on: 'billing', ...fault });
      answers.push((await api.delete(`/v1/billing-keys/${id}`)).body);
    }
    answers.push(
      (await api.get('/v1/billing-keys')).body,
      (await api.get('/v1/billing-keys/success?authKey=guessed&customerKey=guessed')).body,
      (await program.api.get('/metrics')).body,
    );
    expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null });

    const paths = (await world.simulator.asked('/v1/billing/'))
      .filter(({ method }) => method === 'DELETE')
      .map(({ path }) => path.split('/').at(-1)!);
    expect(paths.every((path) => path.endsWith('%3D'))).toBe(true);
    const said = `${program.stdout}${program.stderr}${JSON.stringify(answers)}`;
    expect(said.includes('could not be taken off file')).toBe(true);
    const secrets = [
      given.authKey,
      ...paths,
      ...paths.map(decodeURIComponent),
      world.settings.tossBillingKeys!.secretKey,
    ];
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  });
});

describe('another encryption key', () => {
  it('seals everything anew while the program runs; the old one is then needed no more', async () => {
    const api = await user();
    const id = await api.putCardOnFile(world.simulator);
    const sealed = async () =>
      (
        await world.database.query<{ sealed_key: string }>('SELECT sealed_key FROM payment_method WHERE id = $1', [id])
      )[0]!.sealed_key;
    const before = await sealed();
    const key = randomBytes(32);
    const rotated = (environment: object) =>
      promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../dist/src/rotate-encryption-key.js')], {
        cwd: tmpdir(),
        env: {
          PATH: process.env['PATH'],
          DATA_DIR: process.env['TEST_DATA_DIR'],
          DATABASE_URL: world.database.url,
          ENCRYPTION_KEY: key.toString('base64'),
          ...environment,
        },
      });
    const { stdout } = await rotated({ ENCRYPTION_KEY_PREVIOUS: world.settings.encryptionKey.toString('base64') });
    expect(stdout).toMatch(/payment_method\.sealed_key: [1-9]\d* re-encrypted\nrefund\.sealed_account: 0 re-encrypted/);
    expect(await sealed()).not.toBe(before);
    const box = new SecretBox({ encryptionKey: key });
    expect(box.open(await sealed(), `billing-key:${id}`)).toMatch(/^[\w-]{43}=$/);
    expect((await rotated({})).stdout).toMatch(/payment_method\.sealed_key: 0 re-encrypted/);

    // A program that knows both goes on with either; one that knows only the old one says so and moves no money.
    expect((await api.delete(`/v1/billing-keys/${id}`)).status).toBe(500);
    expect(await world.database.query('SELECT status FROM payment_method WHERE id = $1', [id])).toEqual([
      { status: 'ACTIVE' },
    ]);
  });
});
