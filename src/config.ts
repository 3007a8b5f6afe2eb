import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { isLoopback } from './platform/network/loopback.ts';
import { contradictions } from './config-rules.ts';

/** Settings that the program cannot start with. The message is one line that names every bad variable. */
export class BadSettings extends Error {}

const origin = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));
const schemeAndHost = origin.refine((url) => url.pathname === '/' && !url.search, 'scheme and host only, no path');
/** For URLs that receive a secret, and for the source of the keys that authenticate callers. */
const safeFromListeners = (url: URL) => url.protocol === 'https:' || isLoopback(url.hostname);
const HTTPS = 'https, unless it is an address of this machine';
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const wholeNumber = (least: number, most: number) => {
  const message = `a whole number from ${least} to ${most}`;
  const number = z.number().min(least, message).max(most, message);
  return z
    .string()
    .regex(/^\d{1,9}$/, { message, abort: true })
    .transform(Number)
    .pipe(number);
};

/** The two keys of a merchant account are shown side by side, and are easily swapped when they are copied. */
const tossKey = (mixedUp: RegExp, message: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'visible ASCII only')
    .refine((key) => !mixedUp.test(key), message);

const oldEncryptionKey = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64');
/** Strict, because a passphrase is valid base64 too, and a weak key. */
const encryptionKey = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64 (openssl rand -base64 32)');
const commaSeparated = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

/** The variables of the environment and of `.env`. An empty value counts as unset. */
const environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: wholeNumber(0, 65_535).optional(),
  HOST: z.string().optional(),
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  PUBLIC_URL: schemeAndHost.optional(),
  TRUST_PROXY: z.string().default('loopback'),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  STATEMENT_TIMEOUT_MS: wholeNumber(100, 600_000).default(15_000),
  SANDBOX: flag.optional(),
  TOSS_API_URL: schemeAndHost.refine(safeFromListeners, HTTPS).optional(),
  TOSS_SECRET_KEY: tossKey(
    /^(test|live)_g?ck_/,
    'this is a client key; a secret key starts with test_sk_, test_gsk_, live_sk_ or live_gsk_',
  ).optional(),
  TOSS_CLIENT_KEY: tossKey(
    /^(test|live)_g?sk_/,
    'this is a secret key, not for browsers; a client key starts with test_ck_, test_gck_, live_ck_ or live_gck_',
  ).optional(),
  TOSS_TIMEOUT_MS: wholeNumber(100, 120_000).default(30_000),
  TOSS_MAX_CONCURRENT: wholeNumber(1, 512).default(256),
  TOSS_MAX_PER_SECOND: wholeNumber(1, 100_000).default(1_000),
  TOSS_BILLING_SECRET_KEY: tossKey(
    /^(test|live)_(g?ck|gsk)_/,
    'an API integration key, not a widget key; it starts with test_sk_ or live_sk_',
  ).optional(),
  TOSS_BILLING_CLIENT_KEY: tossKey(
    /^(test|live)_(g?sk|gck)_/,
    'an API integration key, not a widget key; it starts with test_ck_ or live_ck_',
  ).optional(),
  BILLING_TIMEOUT_MS: wholeNumber(100, 300_000).default(65_000),
  AUTH_JWT_SECRET: z.string().optional(),
  AUTH_JWKS_URL: origin.refine(safeFromListeners, HTTPS).optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  ENCRYPTION_KEY: encryptionKey.optional(),
  ENCRYPTION_KEY_PREVIOUS: commaSeparated.pipe(z.array(oldEncryptionKey)),
  CHECKOUT_SUCCESS_URL: origin.optional(),
  CHECKOUT_FAIL_URL: origin.optional(),
  WEB_ORIGINS: commaSeparated.pipe(z.array(schemeAndHost.transform((url) => url.origin))),
  OUTBOUND_WEBHOOK_URL: origin.refine((url) => !url.username && !url.password, 'without user and password').optional(),
  OUTBOUND_WEBHOOK_SECRET: z
    .string()
    .refine(isWebhookSecret, 'whsec_ and 24 to 64 bytes in base64 (echo "whsec_$(openssl rand -base64 32)")')
    .optional(),
  REFUND_WINDOW_DAYS: wholeNumber(0, 365).default(3),
  TEMP_ORDER_TTL_MINUTES: wholeNumber(1, 43_200).default(60),
  RENEWAL_HOUR: wholeNumber(0, 23).default(10),
  TRIAL_DAYS_MAX: wholeNumber(0, 365).default(30),
  TIME_ZONE: z
    .string()
    .default('Asia/Seoul')
    .refine((zone) => IANAZone.isValidZone(zone), 'an IANA time zone, for example Asia/Seoul'),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 visible ASCII characters')
    .optional(),
});
type Environment = z.infer<typeof environment>;

/** The settings of one program, with defaults filled in. */
export interface Settings {
  port: number;
  /** PORT is unset: when the default port is taken, the next free one is used. */
  portMayMove: boolean;
  host: string;
  /** What this process does: serve the API, run the jobs, or both. */
  role: 'all' | 'api' | 'worker';
  /** null: the address that the request was sent to */
  publicUrl: string | null;
  /** The proxies whose X-Forwarded-* headers are trusted. */
  trustProxy: string;
  dataDir: string;
  /** null: the embedded PostgreSQL */
  databaseUrl: string | null;
  databasePassword: string;
  /** The time limit of one SQL statement. */
  statementTimeoutMs: number;
  sandbox: boolean;
  /** null: the simulator's */
  tossApiUrl: string | null;
  /** The URL of the simulator that this program started. null: it started none */
  simulatorUrl: string | null;
  tossSecretKey: string;
  tossClientKey: string;
  /** The time limit of a confirm or a cancel. */
  tossTimeoutMs: number;
  /** The most requests to Toss that this process has under way, and begins per second. */
  tossMaxConcurrent: number;
  tossMaxPerSecond: number;
  /** Toss charges cards on file with API integration keys only, not widget keys. null: no cards on file */
  tossBillingKeys: { secretKey: string; clientKey: string } | null;
  /** The time limit of a charge of a card on file, for which Toss may need 60 seconds. */
  billingTimeoutMs: number;
  auth: { jwtSecret: string } | { jwksUrl: URL };
  /** The required `iss` and `aud` of a token. null: any */
  authIssuer: string | null;
  authAudience: string | null;
  /** The key of the sandbox's own tokens is derived from it. */
  sandboxTokenSecret: string;
  encryptionKey: Buffer;
  /** Earlier keys, for secrets that are not yet re-encrypted. */
  previousEncryptionKeys: Buffer[];
  /** null: the page of the bundled checkout */
  checkoutSuccessUrl: string | null;
  checkoutFailUrl: string | null;
  webOrigins: string[];
  /** The receiver of outgoing events, and the key that signs them. null: events are only stored */
  outboundWebhook: { url: string; secret: string } | null;
  refundWindowDays: number;
  tempOrderTtlMinutes: number;
  /** The hour of the business calendar at which renewals are charged. */
  renewalHour: number;
  /** The longest trial that a buyer may start. */
  trialDaysMax: number;
  timeZone: string;
  logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** The bearer token that /metrics requires. null: none */
  metricsToken: string | null;
}

const SIMULATOR_SECRET_KEY = 'test_gsk_simulator_0000000000000000';
const SIMULATOR_CLIENT_KEY = 'test_gck_simulator_0000000000000000';
/** The simulator's API integration keys, for cards on file. */
const SIMULATOR_BILLING_KEYS = {
  secretKey: 'test_sk_simulator_0000000000000000',
  clientKey: 'test_ck_simulator_0000000000000000',
};

/**
 * Reads the environment and `.env` once. The only reader of `process.env` in the program.
 *
 * @throws BadSettings naming every variable that is wrong or missing
 */
export function readSettings(): Settings {
  if (existsSync('.env')) loadEnvFile('.env');
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new BadSettings(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  return settingsFrom(parsed.data);
}

function settingsFrom(env: Environment): Settings {
  const sandbox = env.SANDBOX ?? env.TOSS_SECRET_KEY === undefined;
  const problems = [...contradictions(env, sandbox)];
  if (problems.length > 0) throw new BadSettings(problems.join('; '));

  const dataDir = resolve(env.DATA_DIR);
  const secrets = generatedSecrets(dataDir);
  return {
    port: env.PORT ?? 3000,
    portMayMove: sandbox && env.PORT === undefined,
    host: env.HOST ?? (sandbox ? '127.0.0.1' : '0.0.0.0'),
    role: env.ROLE,
    publicUrl: env.PUBLIC_URL?.origin ?? null,
    trustProxy: env.TRUST_PROXY,
    dataDir,
    databaseUrl: env.DATABASE_URL ?? null,
    databasePassword: secrets.databasePassword,
    statementTimeoutMs: env.STATEMENT_TIMEOUT_MS,
    sandbox,
    tossApiUrl: env.TOSS_API_URL?.origin ?? (sandbox ? null : 'https://api.tosspayments.com'),
    simulatorUrl: null,
    tossSecretKey: env.TOSS_SECRET_KEY ?? SIMULATOR_SECRET_KEY,
    tossClientKey: env.TOSS_CLIENT_KEY ?? SIMULATOR_CLIENT_KEY,
    tossTimeoutMs: env.TOSS_TIMEOUT_MS,
    tossMaxConcurrent: env.TOSS_MAX_CONCURRENT,
    tossMaxPerSecond: env.TOSS_MAX_PER_SECOND,
    tossBillingKeys: billingKeysOf(env, sandbox),
    billingTimeoutMs: env.BILLING_TIMEOUT_MS,
    auth: env.AUTH_JWKS_URL
      ? { jwksUrl: env.AUTH_JWKS_URL }
      : { jwtSecret: env.AUTH_JWT_SECRET ?? secrets.authJwtSecret },
    authIssuer: env.AUTH_ISSUER ?? null,
    authAudience: env.AUTH_AUDIENCE ?? null,
    sandboxTokenSecret: env.AUTH_JWT_SECRET ?? secrets.authJwtSecret,
    encryptionKey: Buffer.from(env.ENCRYPTION_KEY ?? secrets.encryptionKey, 'base64'),
    previousEncryptionKeys: env.ENCRYPTION_KEY_PREVIOUS.map((key) => Buffer.from(key, 'base64')),
    checkoutSuccessUrl: env.CHECKOUT_SUCCESS_URL?.href ?? null,
    checkoutFailUrl: env.CHECKOUT_FAIL_URL?.href ?? null,
    webOrigins: env.WEB_ORIGINS,
    outboundWebhook: env.OUTBOUND_WEBHOOK_URL
      ? { url: env.OUTBOUND_WEBHOOK_URL.href, secret: env.OUTBOUND_WEBHOOK_SECRET ?? secrets.outboundWebhookSecret }
      : null,
    refundWindowDays: env.REFUND_WINDOW_DAYS,
    tempOrderTtlMinutes: env.TEMP_ORDER_TTL_MINUTES,
    renewalHour: env.RENEWAL_HOUR,
    trialDaysMax: env.TRIAL_DAYS_MAX,
    timeZone: env.TIME_ZONE,
    logLevel: env.LOG_LEVEL,
    metricsToken: env.METRICS_TOKEN ?? null,
  };
}

/** The billing keys if set; else the main keys if they are API integration keys; else the simulator's. */
function billingKeysOf(env: Environment, sandbox: boolean): Settings['tossBillingKeys'] {
  if (env.TOSS_BILLING_SECRET_KEY && env.TOSS_BILLING_CLIENT_KEY)
    return { secretKey: env.TOSS_BILLING_SECRET_KEY, clientKey: env.TOSS_BILLING_CLIENT_KEY };
  if (env.TOSS_CLIENT_KEY && /^(test|live)_sk_/.test(env.TOSS_SECRET_KEY ?? ''))
    return { secretKey: env.TOSS_SECRET_KEY!, clientKey: env.TOSS_CLIENT_KEY };
  return sandbox ? SIMULATOR_BILLING_KEYS : null;
}

function isWebhookSecret(text: string): boolean {
  const [, key] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(key ?? '', 'base64');
  return length >= 24 && length <= 64;
}

interface GeneratedSecrets {
  authJwtSecret: string;
  encryptionKey: string;
  databasePassword: string;
  outboundWebhookSecret: string;
}

/** Generated at the first start, and stored beside the data that they protect. */
function generatedSecrets(dataDir: string): GeneratedSecrets {
  const file = join(dataDir, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<GeneratedSecrets>) : {};
  const secrets: GeneratedSecrets = {
    authJwtSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
    databasePassword: randomBytes(24).toString('hex'),
    outboundWebhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    ...kept,
  };
  if (Object.keys(secrets).every((name) => name in kept)) return secrets;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Written to another file and renamed, so that a killed start leaves no partial file. An earlier partial file is
  // removed first, because it would keep its mode.
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}
