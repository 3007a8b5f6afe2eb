import type { KeyPair } from './settings.ts';

export type Authentication = { secretKey: string } | { code: 'UNAUTHORIZED_KEY' | 'INCORRECT_BASIC_AUTH_FORMAT' };

/**
 * `Authorization: Basic base64(secretKey + ':')`: the key is the user name, the password is empty (docs:
 * authorization).
 * No colon: 403 INCORRECT_BASIC_AUTH_FORMAT. Unknown key: 401 UNAUTHORIZED_KEY. No header at all: 401, UNVERIFIED.
 */
export class Authenticator {
  readonly #secrets: Set<string>;
  /** Valid headers by their text, which saves decoding the same header 3,000 times a second. */
  readonly #known = new Map<string, Authentication>();

  constructor(keys: KeyPair[]) {
    this.#secrets = new Set(keys.map((key) => key.secret));
    for (const secretKey of this.#secrets) {
      this.#known.set(`Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`, { secretKey });
    }
  }

  read(header: string | undefined): Authentication {
    const known = header && this.#known.get(header);
    if (known) return known;
    const encoded = /^Basic\s+(\S+)\s*$/i.exec(header ?? '')?.[1];
    if (encoded === undefined) return { code: 'UNAUTHORIZED_KEY' };
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) return { code: 'INCORRECT_BASIC_AUTH_FORMAT' };
    const secretKey = text.slice(0, colon);
    const isValid = colon === text.length - 1 && this.#secrets.has(secretKey);
    return isValid ? { secretKey } : { code: 'UNAUTHORIZED_KEY' };
  }
}

/** Windows of one minute per key and API (docs: environment, test keys: 100 per minute per API). */
export class RateLimit {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #minute = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  exceeds(secretKey: string, api: string, now: number): boolean {
    if (this.#limit === 0 || !secretKey.startsWith('test_')) return false;
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts.clear();
    }
    const count = (this.#counts.get(`${secretKey} ${api}`) ?? 0) + 1;
    this.#counts.set(`${secretKey} ${api}`, count);
    return count > this.#limit;
  }
}

const SIMILAR_NAMES = ['idempotent-key', 'x-idempotency-key', 'idempotency_key', 'x-idempotent-key', 'idempotencykey'];

/** Toss ignores these silently, which leaves the caller unprotected. The simulator refuses them instead. */
export function wrongIdempotencyHeader(headers: Record<string, unknown>): string | undefined {
  return SIMILAR_NAMES.find((name) => name in headers);
}
