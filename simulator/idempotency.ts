import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Answer } from './errors.ts';

/** Kept 15 days from the first use, then the same key is a new request (docs: authorization and headers). */
const LIFETIME_MS = 15 * 24 * 60 * 60 * 1000;
export const MAX_KEY_LENGTH = 300;

interface Row {
  at: number;
  status: number;
  body: string;
  trace_id: string;
}

export interface StoredAnswer extends Answer {
  traceId: string;
}

/**
 * First answers by idempotency key. Scope: key, API key, URL and method; the body is not compared, so a reused key on
 * confirm answers another payment's result (docs; community thread on confirm).
 */
export class Idempotency {
  /** Requests that are under way. Not stored: a killed process has none. */
  readonly running = new Set<string>();
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(`CREATE TABLE IF NOT EXISTS idempotency
      (scope TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, trace_id TEXT NOT NULL)`);
    this.#find = db.prepare('SELECT at, status, body, trace_id FROM idempotency WHERE scope = ?');
    this.#keep = db.prepare(
      'INSERT OR REPLACE INTO idempotency (scope, at, status, body, trace_id) VALUES (?, ?, ?, ?, ?)',
    );
    this.#prune = db.prepare('DELETE FROM idempotency WHERE at <= ?');
  }

  scope(method: string, url: string, secretKey: string, key: string): string {
    return `${method} ${url} ${secretKey} ${key}`;
  }

  find(scope: string, now: number): StoredAnswer | undefined {
    const row = this.#find.get(scope) as Row | undefined;
    if (!row || row.at + LIFETIME_MS <= now) return undefined;
    return { status: row.status, body: row.body, traceId: row.trace_id };
  }

  keep(scope: string, answer: Answer, traceId: string, now: number): void {
    this.#keep.run(scope, now, answer.status, answer.body, traceId);
  }

  prune(now: number): void {
    this.#prune.run(now - LIFETIME_MS);
  }
}
