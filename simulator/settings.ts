import { z } from 'zod';

/** One client key and the secret key that belongs to it. */
export interface KeyPair {
  client: string;
  secret: string;
}

export interface SimulatorOptions {
  port: number;
  host: string;
  /** Folder of the sqlite file, or `:memory:`. */
  data: string;
  keys: KeyPair[];
  webhookUrl: string | null;
  /** Requests per minute per API for test keys. 0: no limit. Toss's own sandbox allows 100 (docs: environment). */
  rateLimit: number;
  /** Whether a 5xx is stored under its idempotency key. What Toss does is UNVERIFIED. Default: false */
  replay5xx: boolean;
}

const environment = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SIMULATOR_HOST: z.string().default('127.0.0.1'),
  SIMULATOR_DATA: z.string().default('.data/simulator'),
  SIMULATOR_SECRET_KEY: z.string().default('test_gsk_simulator_0000000000000000'),
  SIMULATOR_CLIENT_KEY: z.string().default('test_gck_simulator_0000000000000000'),
  SIMULATOR_API_SECRET_KEY: z.string().default('test_sk_simulator_0000000000000000'),
  SIMULATOR_API_CLIENT_KEY: z.string().default('test_ck_simulator_0000000000000000'),
  SIMULATOR_WEBHOOK_URL: z.url().optional(),
  SIMULATOR_RATE_LIMIT: z.coerce.number().int().min(0).default(0),
  SIMULATOR_REPLAY_5XX: z.enum(['0', '1']).default('0'),
});

/**
 * Two merchant accounts, as Toss issues them (docs: key kinds): one for widgets, one for `payment()` and billing. Each
 * secret key confirms what its own client key has opened.
 */
export function readSettings(env: Record<string, string | undefined>): SimulatorOptions {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.parse(given);
  return {
    port: parsed.SIMULATOR_PORT,
    host: parsed.SIMULATOR_HOST,
    data: parsed.SIMULATOR_DATA,
    keys: [
      { client: parsed.SIMULATOR_CLIENT_KEY, secret: parsed.SIMULATOR_SECRET_KEY },
      { client: parsed.SIMULATOR_API_CLIENT_KEY, secret: parsed.SIMULATOR_API_SECRET_KEY },
    ],
    webhookUrl: parsed.SIMULATOR_WEBHOOK_URL ?? null,
    rateLimit: parsed.SIMULATOR_RATE_LIMIT,
    replay5xx: parsed.SIMULATOR_REPLAY_5XX === '1',
  };
}
