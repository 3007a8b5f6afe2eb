import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSimulator } from '../../simulator/server.ts';
import type { Settings } from '../../src/config.ts';
import { createApp } from '../../src/app.ts';
import { Api } from './api.ts';
import { SandboxClock } from './clock.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { Simulator } from './simulator.ts';

const SECRET_KEY = 'test_gsk_world_000000000000000000';
const CLIENT_KEY = 'test_gck_world_000000000000000000';
const BILLING_KEYS = { secretKey: 'test_sk_world_000000000000000000', clientKey: 'test_ck_world_000000000000000000' };

/** The program, its PostgreSQL and a Toss that misbehaves: all real, all of one's own. */
export interface World {
  api: Api;
  clock: SandboxClock;
  app: NestFastifyApplication;
  simulator: Simulator;
  database: TestDatabase;
  settings: Settings;
  close(): Promise<void>;
}

/** @param webhooks whether Toss tells its news; without, everything has to be found out */
export async function createWorld(changes: Partial<Settings> = {}, webhooks = false): Promise<World> {
  const database = await createDatabase();
  const toss = await startSimulator({
    data: ':memory:',
    port: 0,
    keys: [
      { client: CLIENT_KEY, secret: SECRET_KEY },
      { client: BILLING_KEYS.clientKey, secret: BILLING_KEYS.secretKey },
    ],
  });
  const settings: Settings = {
    port: 0,
    portMayMove: true,
    host: '127.0.0.1',
    role: 'all',
    publicUrl: null,
    trustProxy: 'loopback',
    dataDir: process.env['TEST_DATA_DIR']!,
    databaseUrl: database.url,
    databasePassword: '',
    statementTimeoutMs: 15_000,
    sandbox: true,
    tossApiUrl: toss.url,
    simulatorUrl: toss.url,
    tossSecretKey: SECRET_KEY,
    tossClientKey: CLIENT_KEY,
    tossTimeoutMs: 1_500,
    tossMaxConcurrent: 256,
    tossMaxPerSecond: 1_000,
    tossBillingKeys: BILLING_KEYS,
    billingTimeoutMs: 1_500,
    auth: { jwtSecret: randomBytes(32).toString('hex') },
    authIssuer: null,
    authAudience: null,
    sandboxTokenSecret: randomBytes(32).toString('hex'),
    encryptionKey: randomBytes(32),
    previousEncryptionKeys: [],
    checkoutSuccessUrl: null,
    checkoutFailUrl: null,
    webOrigins: [],
    outboundWebhook: null,
    refundWindowDays: 3,
    tempOrderTtlMinutes: 60,
    renewalHour: 10,
    trialDaysMax: 30,
    timeZone: 'Asia/Seoul',
    logLevel: 'error',
    metricsToken: null,
    ...changes,
  };
  const app = await createApp(settings);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const api = new Api(url);
  const simulator = new Simulator(toss.url);
  if (webhooks) await simulator.post('/_webhooks/url', { url: `${url}/v1/webhooks/toss` });
  return {
    api,
    clock: new SandboxClock(api),
    app,
    simulator,
    database,
    settings,
    close: async () => {
      await app.close();
      await toss.close();
      await database.drop();
    },
  };
}

/** Waits until `condition` yields something, or says what it was waiting for. */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T | undefined | false | null>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
