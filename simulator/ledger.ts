import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PaymentRecord } from './payment.ts';

export interface Movement {
  seq: number;
  transaction_key: string;
  payment_key: string;
  order_id: string;
  method: string | null;
  customer_key: string | null;
  status: string;
  currency: string;
  at: number;
  taken: number;
  returned: number;
}

export interface Totals {
  moneyIn: number;
  moneyOut: number;
  held: number;
}

/**
 * Every movement of money, append-only: the source of the totals and of `GET /v1/transactions`. It is separate from the
 * payments, so that the two can be compared.
 */
export class Ledger {
  readonly #add: StatementSync;
  readonly #totals: StatementSync;
  readonly #position: StatementSync;
  readonly #list: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(`CREATE TABLE IF NOT EXISTS movements (
      seq INTEGER PRIMARY KEY, transaction_key TEXT NOT NULL, payment_key TEXT NOT NULL, order_id TEXT NOT NULL,
      method TEXT, customer_key TEXT, status TEXT NOT NULL, currency TEXT NOT NULL, at INTEGER NOT NULL,
      taken REAL NOT NULL, returned REAL NOT NULL)`);
    this.#add = db.prepare(`INSERT INTO movements
      (transaction_key, payment_key, order_id, method, customer_key, status, currency, at, taken, returned)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#totals = db.prepare('SELECT total(taken) AS moneyIn, total(returned) AS moneyOut FROM movements');
    this.#position = db.prepare('SELECT seq FROM movements WHERE transaction_key = ?');
    this.#list = db.prepare('SELECT * FROM movements WHERE at >= ? AND at <= ? AND seq > ? ORDER BY seq LIMIT ?');
  }

  /** `taken` is paid by the buyer, `returned` refunded. Both are 0 for an account without a deposit. */
  add({ payment, particulars }: PaymentRecord, at: number, taken: number, returned: number): void {
    this.#add.run(
      payment.lastTransactionKey ?? '',
      payment.paymentKey,
      payment.orderId,
      payment.method,
      particulars.customerKey,
      payment.status,
      payment.currency,
      at,
      taken,
      returned,
    );
  }

  totals(): Totals {
    const { moneyIn, moneyOut } = this.#totals.get() as { moneyIn: number; moneyOut: number };
    return { moneyIn, moneyOut, held: moneyIn - moneyOut };
  }

  positionOf(transactionKey: string): number | undefined {
    return (this.#position.get(transactionKey) as { seq: number } | undefined)?.seq;
  }

  between(from: number, to: number, after: number, limit: number): Movement[] {
    return this.#list.all(from, to, after, limit) as unknown as Movement[];
  }
}
