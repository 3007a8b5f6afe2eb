import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ApiResponse } from './errors.ts';

/** A key lives 15 days from its first use. Then it is a new request (docs: authorization and headers). */
const LIFETIME_MS = 15 * 24 * 60 * 60 * 1000;
export const MAX_KEY_LENGTH = 300;

interface Row {
  at: number;
  status: number;
  body: string;
  trace_id: string;
}

export interface StoredResponse extends ApiResponse {
  traceId: string;
}

/**
 * The first response for each idempotency key. Its scope is key, API key, URL and method. The body is not compared: a
 * reused key on confirm answers with the result of another payment (docs; community thread on confirm).
 */
export class Idempotency {
  /** Requests in progress. They are not stored: a restarted process has none. */
  readonly inProgress = new Set<string>();
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS idempotency (
        scope TEXT NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        status INTEGER NOT NULL,
        body TEXT NOT NULL,
        trace_id TEXT NOT NULL
      )
    `);
    this.#find = db.prepare('SELECT at, status, body, trace_id FROM idempotency WHERE scope = ?');
    this.#keep = db.prepare(
      'INSERT OR REPLACE INTO idempotency (scope, at, status, body, trace_id) VALUES (?, ?, ?, ?, ?)',
    );
    this.#prune = db.prepare('DELETE FROM idempotency WHERE at <= ?');
  }

  scope(method: string, url: string, secretKey: string, key: string): string {
    return `${method} ${url} ${secretKey} ${key}`;
  }

  find(scope: string, now: number): StoredResponse | undefined {
    const row = this.#find.get(scope) as Row | undefined;
    if (!row || row.at + LIFETIME_MS <= now) return undefined;
    return { status: row.status, body: row.body, traceId: row.trace_id };
  }

  keep(scope: string, response: ApiResponse, traceId: string, now: number): void {
    this.#keep.run(scope, now, response.status, response.body, traceId);
  }

  prune(now: number): void {
    this.#prune.run(now - LIFETIME_MS);
  }
}
