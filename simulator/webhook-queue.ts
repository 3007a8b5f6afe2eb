import type { Store } from './store.ts';

export type WebhookState = 'pending' | 'delivered' | 'failed' | 'dropped';

export interface QueuedWebhook {
  transmissionId: string;
  eventType: string;
  orderId: string | null;
  paymentKey: string | null;
  body: string;
  state: WebhookState;
  fault: string | null;
  createdAt: number;
  /** When it is due, by the simulator's clock. */
  nextAt: number;
}

export interface Webhook extends QueuedWebhook {
  id: number;
  tries: number;
  lastStatus: number | null;
  lastError: string | null;
}

/** Minutes between attempts: seven retries, the last one 3 days 19 hours after the first attempt (docs: webhooks). */
export const RETRY_MINUTES = [1, 4, 16, 64, 256, 1024, 4096];

const COLUMNS = `id, transmission_id AS transmissionId, event_type AS eventType, order_id AS orderId,
  payment_key AS paymentKey, body, state, fault, created_at AS createdAt, next_at AS nextAt, tries,
  last_status AS lastStatus, last_error AS lastError`;

/** The webhooks that are pending, delivered, failed or dropped. */
export class WebhookQueue {
  readonly #store: Store;
  readonly #statements;

  constructor(store: Store) {
    const { db } = store;
    this.#store = store;
    db.exec(`
      CREATE TABLE IF NOT EXISTS webhooks (
        id INTEGER PRIMARY KEY, transmission_id TEXT NOT NULL, event_type TEXT NOT NULL, order_id TEXT,
        payment_key TEXT, body TEXT NOT NULL, state TEXT NOT NULL, fault TEXT, created_at INTEGER NOT NULL,
        next_at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0, last_status INTEGER, last_error TEXT);
      CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (next_at, id) WHERE state = 'pending';
    `);
    this.#statements = {
      add: db.prepare(`INSERT INTO webhooks
        (transmission_id, event_type, order_id, payment_key, body, state, fault, created_at, next_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
      due: db.prepare(
        `SELECT ${COLUMNS} FROM webhooks WHERE state = 'pending' AND next_at <= ? ORDER BY next_at, id LIMIT ?`,
      ),
      tried: db.prepare(
        'UPDATE webhooks SET state = ?, tries = ?, next_at = ?, last_status = ?, last_error = ? WHERE id = ?',
      ),
      resend: db.prepare(`UPDATE webhooks SET state = 'pending', tries = 0, next_at = ? WHERE id = ?`),
      release: db.prepare(
        `UPDATE webhooks SET next_at = ? WHERE state = 'pending' AND fault = 'reorder' AND tries = 0`,
      ),
      list: db.prepare(`SELECT ${COLUMNS} FROM webhooks
        WHERE (?1 IS NULL OR order_id = ?1) AND (?2 IS NULL OR payment_key = ?2) AND (?3 IS NULL OR state = ?3)
        ORDER BY id DESC LIMIT 1000`),
    };
  }

  get hasPendingCommit(): boolean {
    return this.#store.db.isTransaction;
  }

  whenCommitted(callback: () => void): void {
    this.#store.whenCommitted(callback);
  }

  flush(): void {
    this.#store.flush();
  }

  add(webhook: QueuedWebhook): void {
    this.#statements.add.run(
      webhook.transmissionId,
      webhook.eventType,
      webhook.orderId,
      webhook.paymentKey,
      webhook.body,
      webhook.state,
      webhook.fault,
      webhook.createdAt,
      webhook.nextAt,
    );
  }

  due(now: number, limit: number): Webhook[] {
    return this.#statements.due.all(now, limit) as unknown as Webhook[];
  }

  /** Only a 200 in time is a success (docs: webhooks). After the seventh retry the webhook has failed. */
  recordAttempt(webhook: Webhook, at: number, status: number | null, error: string | null): void {
    const minutes = RETRY_MINUTES[webhook.tries];
    const state: WebhookState = status === 200 ? 'delivered' : minutes === undefined ? 'failed' : 'pending';
    const nextAt = state === 'pending' && minutes !== undefined ? at + minutes * 60_000 : at;
    this.#store.writeGrouped(() =>
      this.#statements.tried.run(state, webhook.tries + 1, nextAt, status, error, webhook.id),
    );
  }

  /** A manual resend starts the schedule again (docs: webhooks). */
  resend(id: number, now: number): boolean {
    return Number(this.#statements.resend.run(now, id).changes) > 0;
  }

  /** Makes reordered webhooks due, once the later ones are sent. */
  releaseReordered(now: number): number {
    return Number(this.#statements.release.run(now).changes);
  }

  /** Newest first, at most 1000. */
  list(query: {
    orderId?: string | undefined;
    paymentKey?: string | undefined;
    state?: string | undefined;
  }): Webhook[] {
    const { orderId = null, paymentKey = null, state = null } = query;
    return this.#statements.list.all(orderId, paymentKey, state) as unknown as Webhook[];
  }
}
