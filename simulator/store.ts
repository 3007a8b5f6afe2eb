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

/** An order in one of these has a payment that went through; EXPIRED and ABORTED leave the order id free. */
const APPROVED: PaymentStatus[] = ['WAITING_FOR_DEPOSIT', 'DONE', 'CANCELED', 'PARTIAL_CANCELED'];

/** How long a transaction waits for others to join: nothing beside the 100 ms and more that Toss takes. */
const GATHER_MS = 1;

/** Everything that must outlive the process: one sqlite file. */
export class Store {
  readonly db: DatabaseSync;
  readonly ledger: Ledger;
  readonly #statements;
  #waiting: ((kept: boolean) => void)[] = [];

  constructor(folder: string) {
    // Asked of the process, not imported: Jest's module loader knows no built-in that exists only with the `node:` prefix.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    if (folder !== ':memory:') mkdirSync(folder, { recursive: true });
    this.db = new DatabaseSync(folder === ':memory:' ? folder : join(folder, 'simulator.sqlite'));
    // OFF leaves the file to the kernel: safe when the process is killed, not when the power goes. Only the first is promised.
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

  /** Everything `work` writes, or nothing, committed on return. Synchronous, so two requests never interleave inside it. */
  write<T>(work: () => T): T {
    this.flush();
    this.#statements.begin.run();
    try {
      const result = work();
      this.#statements.commit.run();
      this.#settle(true);
      return result;
    } catch (error) {
      this.#statements.rollback.run();
      this.#settle(false);
      throw error;
    }
  }

  /**
   * Like `write`, but requests that arrive together share one commit, which alone is two thirds of what a confirm costs.
   * Whoever answers must wait with `committed`.
   */
  join<T>(work: () => T): T {
    if (!this.db.isTransaction) {
      this.#statements.begin.run();
      setTimeout(() => this.flush(), GATHER_MS);
    }
    try {
      return work();
    } catch (error) {
      this.#statements.rollback.run();
      this.#settle(false);
      throw error;
    }
  }

  /** Calls back once nothing is pending any more: `false` if it was rolled back with those that shared its commit. */
  committed(then: (kept: boolean) => void): void {
    if (this.db.isTransaction) this.#waiting.push(then);
    else then(true);
  }

  flush(): void {
    // The timer of the last request may fire after the file was closed.
    if (!this.db.isOpen || !this.db.isTransaction) return;
    this.#statements.commit.run();
    this.#settle(true);
  }

  #settle(kept: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then(kept);
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

  /** `doc` may be handed in by a caller who needs the same text for the answer: writing it twice costs as much as the update. */
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

  /** Oldest first: one order may have been tried several times. */
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
