import { isLoopback } from './platform/network/loopback.ts';
import { refusedHost } from './platform/network/public-address.ts';

/** The variables that rules about several of them compare. */
interface Given {
  NODE_ENV?: string | undefined;
  HOST?: string | undefined;
  SANDBOX?: boolean | undefined;
  TOSS_SECRET_KEY?: string | undefined;
  TOSS_CLIENT_KEY?: string | undefined;
  TOSS_BILLING_SECRET_KEY?: string | undefined;
  TOSS_BILLING_CLIENT_KEY?: string | undefined;
  AUTH_JWT_SECRET?: string | undefined;
  AUTH_JWKS_URL?: URL | undefined;
  ENCRYPTION_KEY?: string | undefined;
  OUTBOUND_WEBHOOK_URL?: URL | undefined;
  OUTBOUND_WEBHOOK_SECRET?: string | undefined;
}

/** Conflicts between variables that are each valid: one sentence per conflict, beginning with the variable's name. */
export function* contradictions(env: Given, sandbox: boolean): Generator<string> {
  if (sandbox) yield* insideSandbox(env);
  else yield* outsideSandbox(env);
  if ((env.TOSS_BILLING_SECRET_KEY === undefined) !== (env.TOSS_BILLING_CLIENT_KEY === undefined)) {
    yield 'TOSS_BILLING_SECRET_KEY, TOSS_BILLING_CLIENT_KEY: both keys of one account, or neither';
  }
  yield* unlike(env, 'TOSS_SECRET_KEY', 'TOSS_CLIENT_KEY');
  yield* unlike(env, 'TOSS_BILLING_SECRET_KEY', 'TOSS_BILLING_CLIENT_KEY');
  if (modeOf(env.TOSS_SECRET_KEY) && modeOf(env.TOSS_BILLING_SECRET_KEY)) {
    yield* ofTwoModes(env, 'TOSS_SECRET_KEY', 'TOSS_BILLING_SECRET_KEY');
  }
  if (env.AUTH_JWT_SECRET && env.AUTH_JWKS_URL) yield 'AUTH_JWT_SECRET: give it or AUTH_JWKS_URL, not both';
}

type KeyName = 'TOSS_SECRET_KEY' | 'TOSS_CLIENT_KEY' | 'TOSS_BILLING_SECRET_KEY' | 'TOSS_BILLING_CLIENT_KEY';

function* insideSandbox(env: Given): Generator<string> {
  for (const name of ['TOSS_SECRET_KEY', 'TOSS_BILLING_SECRET_KEY'] as const) {
    if (modeOf(env[name]) === 'live') yield `SANDBOX: must be false with a live_ ${name}`;
  }
  // A production deployment without a key must not become a sandbox that issues tokens to the network.
  const production = [...saysProduction(env)].join(', ');
  if (env.SANDBOX === undefined && production) {
    yield `TOSS_SECRET_KEY: unset, which means a sandbox; ${production} says production. Set the key or SANDBOX=true`;
  }
}

function* saysProduction({ NODE_ENV, HOST, TOSS_CLIENT_KEY, TOSS_BILLING_CLIENT_KEY }: Given): Generator<string> {
  if (NODE_ENV === 'production') yield 'NODE_ENV=production';
  if (HOST !== undefined && !isLoopback(HOST)) yield `HOST=${HOST}`;
  if (modeOf(TOSS_CLIENT_KEY) === 'live') yield 'a live_ TOSS_CLIENT_KEY';
  if (modeOf(TOSS_BILLING_CLIENT_KEY) === 'live') yield 'a live_ TOSS_BILLING_CLIENT_KEY';
}

function* outsideSandbox(env: Given): Generator<string> {
  const required = ['TOSS_SECRET_KEY', 'TOSS_CLIENT_KEY', 'ENCRYPTION_KEY'] as const;
  for (const name of required) if (env[name] === undefined) yield `${name}: required outside the sandbox`;
  if (!env.AUTH_JWT_SECRET && !env.AUTH_JWKS_URL) {
    yield 'AUTH_JWT_SECRET: it or AUTH_JWKS_URL is required outside the sandbox';
  }
  // RFC 7518, 3.2: an HS256 key is at least as long as the hash.
  if (env.AUTH_JWT_SECRET && Buffer.byteLength(env.AUTH_JWT_SECRET) < 32) yield 'AUTH_JWT_SECRET: at least 32 bytes';
  if (env.AUTH_JWT_SECRET && new Set(env.AUTH_JWT_SECRET).size === 1) yield 'AUTH_JWT_SECRET: one character repeated';
  const key = Buffer.from(env.ENCRYPTION_KEY ?? '', 'base64');
  if (new Set(key).size === 1) yield 'ENCRYPTION_KEY: one byte repeated';
  if (!env.OUTBOUND_WEBHOOK_URL) return;
  const { protocol, hostname } = env.OUTBOUND_WEBHOOK_URL;
  if (!env.OUTBOUND_WEBHOOK_SECRET) {
    yield 'OUTBOUND_WEBHOOK_SECRET: required with OUTBOUND_WEBHOOK_URL outside the sandbox';
  }
  if (protocol !== 'https:') yield 'OUTBOUND_WEBHOOK_URL: https only outside the sandbox';
  if (refusedHost(hostname)) {
    yield 'OUTBOUND_WEBHOOK_URL: no private, local or reserved address outside the sandbox';
  }
}

/** Two keys that Toss would refuse together. A key of an unknown form is left to Toss. */
function* unlike(env: Given, one: KeyName, other: KeyName): Generator<string> {
  if (!modeOf(env[one]) || !modeOf(env[other])) return;
  yield* ofTwoModes(env, one, other);
  const isWidget = (name: KeyName) => /^(test|live)_g/.test(env[name]!);
  if (isWidget(one) !== isWidget(other)) yield `${one}, ${other}: one is for payment widgets (gsk, gck) and one is not`;
}

function* ofTwoModes(env: Given, one: KeyName, other: KeyName): Generator<string> {
  if (modeOf(env[one]) !== modeOf(env[other])) yield `${one}, ${other}: one is a test key and one a live key`;
}

const modeOf = (key: string | undefined): string | undefined => /^(test|live)_g?[sc]k_/.exec(key ?? '')?.[1];
