import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Ledger } from './ledger.ts';
import type { PaymentRecord, PaymentStatus } from './payment.ts';

interface Row {
  doc: string;
  particulars: string;
  expires_at: number | null;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS payments (
    seq INTEGER PRIMARY KEY,
    payment_key TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    status TEXT NOT NULL,
    expires_at INTEGER,
    doc TEXT NOT NULL,
    particulars TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS payments_order_id ON payments (order_id);
  CREATE INDEX IF NOT EXISTS payments_expires_at ON payments (expires_at) WHERE expires_at IS NOT NULL;
`;

/** An order with one of these statuses is paid. EXPIRED and ABORTED leave the order id free. */
const APPROVED: PaymentStatus[] = ['WAITING_FOR_DEPOSIT', 'DONE', 'CANCELED', 'PARTIAL_CANCELED'];

/** How long a commit waits for other requests. Toss itself takes 100 ms and more. */
const COMMIT_DELAY_MS = 1;

/** Everything that survives the process, in one sqlite file. */
export class Store {
  readonly db: DatabaseSync;
  readonly ledger: Ledger;
  readonly #statements;
  #waiting: ((isCommitted: boolean) => void)[] = [];

  constructor(folder: string) {
    // Not imported: Jest's module loader does not find built-ins that exist only with the `node:` prefix.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    if (folder !== ':memory:') mkdirSync(folder, { recursive: true });
    this.db = new DatabaseSync(folder === ':memory:' ? folder : join(folder, 'simulator.sqlite'));
    // OFF is safe when the process is killed, but not at a power failure, which a simulator need not survive.
    this.db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000;
      PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
    `);
    this.db.exec(SCHEMA);
    this.ledger = new Ledger(this.db);
    const row = 'SELECT doc, particulars, expires_at FROM payments';
    this.#statements = {
      begin: this.db.prepare('BEGIN IMMEDIATE'),
      commit: this.db.prepare('COMMIT'),
      rollback: this.db.prepare('ROLLBACK'),
      insert: this.db.prepare(
        'INSERT INTO payments (payment_key, order_id, status, expires_at, doc, particulars) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      save: this.db.prepare(
        'UPDATE payments SET order_id = ?, status = ?, expires_at = ?, doc = ?, particulars = ? WHERE payment_key = ?',
      ),
      byKey: this.db.prepare(`${row} WHERE payment_key = ?`),
      byOrder: this.db.prepare(`${row} WHERE order_id = ? ORDER BY seq`),
      all: this.db.prepare(`${row} ORDER BY seq`),
      expiring: this.db.prepare(`${row} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`),
      approved: this.db.prepare(`SELECT 1 FROM payments WHERE order_id = ? AND payment_key <> ?
        AND status IN (${APPROVED.map((status) => `'${status}'`).join(', ')}) LIMIT 1`),
      setting: this.db.prepare('SELECT value FROM settings WHERE name = ?'),
      set: this.db.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)'),
    };
  }

  /** Commits everything that `work` writes, or nothing. It is synchronous, so requests never interleave inside it. */
  write<T>(work: () => T): T {
    this.flush();
    this.#statements.begin.run();
    try {
      const result = work();
      this.#statements.commit.run();
      this.#notify(true);
      return result;
    } catch (error) {
      this.#statements.rollback.run();
      this.#notify(false);
      throw error;
    }
  }

  /**
   * Like `write`, but concurrent requests share one commit, which would take two thirds of the time of a confirm. A
   * response must wait for `whenCommitted`.
   */
  writeGrouped<T>(work: () => T): T {
    if (!this.db.isTransaction) {
      this.#statements.begin.run();
      setTimeout(() => this.flush(), COMMIT_DELAY_MS);
    }
    try {
      return work();
    } catch (error) {
      this.#statements.rollback.run();
      this.#notify(false);
      throw error;
    }
  }

  /** Calls back after the pending commit, with false if it was rolled back. */
  whenCommitted(callback: (isCommitted: boolean) => void): void {
    if (this.db.isTransaction) this.#waiting.push(callback);
    else callback(true);
  }

  flush(): void {
    // The timer of the last request may fire after the file was closed.
    if (!this.db.isOpen || !this.db.isTransaction) return;
    this.#statements.commit.run();
    this.#notify(true);
  }

  #notify(isCommitted: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback(isCommitted);
  }

  insertPayment({ payment, particulars, expiresAt }: PaymentRecord): void {
    this.#statements.insert.run(
      payment.paymentKey,
      payment.orderId,
      payment.status,
      expiresAt,
      JSON.stringify(payment),
      JSON.stringify(particulars),
    );
  }

  /** A caller that needs the text for its response passes `doc`: serializing twice costs as much as the update. */
  savePayment({ payment, particulars, expiresAt }: PaymentRecord, doc = JSON.stringify(payment)): void {
    this.#statements.save.run(
      payment.orderId,
      payment.status,
      expiresAt,
      doc,
      JSON.stringify(particulars),
      payment.paymentKey,
    );
  }

  paymentByKey(paymentKey: string): PaymentRecord | undefined {
    const row = this.#statements.byKey.get(paymentKey) as Row | undefined;
    return row && record(row);
  }

  /** The attempts of an order, oldest first. */
  paymentsByOrder(orderId: string): PaymentRecord[] {
    return (this.#statements.byOrder.all(orderId) as unknown as Row[]).map(record);
  }

  *allPayments(): Generator<PaymentRecord> {
    for (const row of this.#statements.all.iterate()) yield record(row as unknown as Row);
  }

  paymentsExpiring(now: number, limit: number): PaymentRecord[] {
    return (this.#statements.expiring.all(now, limit) as unknown as Row[]).map(record);
  }

  orderIsApproved(orderId: string, exceptPaymentKey: string): boolean {
    return this.#statements.approved.get(orderId, exceptPaymentKey) !== undefined;
  }

  setting<T>(name: string): T | undefined {
    const row = this.#statements.setting.get(name) as { value: string } | undefined;
    return row && (JSON.parse(row.value) as T);
  }

  set(name: string, value: unknown): void {
    this.#statements.set.run(name, JSON.stringify(value));
  }

  close(): void {
    this.flush();
    this.db.close();
  }
}

function record(row: Row): PaymentRecord {
  return { payment: JSON.parse(row.doc), particulars: JSON.parse(row.particulars), expiresAt: row.expires_at };
}
