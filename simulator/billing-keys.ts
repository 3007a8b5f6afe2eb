import type { DatabaseSync } from 'node:sqlite';
import type { Choice } from './payment-method.ts';

export interface BillingKey {
  customerKey: string;
  choice: Choice;
  deletedAt: number | null;
}

/** The cards and accounts that can be charged without the buyer, and the one-time keys that register them. */
export class BillingKeys {
  readonly #statements;

  constructor(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS auth_keys (
        auth_key TEXT PRIMARY KEY,
        customer_key TEXT NOT NULL,
        choice TEXT NOT NULL,
        used INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS billing_keys (
        billing_key TEXT PRIMARY KEY,
        customer_key TEXT NOT NULL,
        choice TEXT NOT NULL,
        deleted_at INTEGER
      ) WITHOUT ROWID;
    `);
    this.#statements = {
      authorise: db.prepare('INSERT INTO auth_keys (auth_key, customer_key, choice) VALUES (?, ?, ?)'),
      use: db.prepare(
        'UPDATE auth_keys SET used = 1 WHERE auth_key = ? AND customer_key = ? AND used = 0 RETURNING choice',
      ),
      add: db.prepare('INSERT INTO billing_keys (billing_key, customer_key, choice) VALUES (?, ?, ?)'),
      find: db.prepare('SELECT customer_key, choice, deleted_at FROM billing_keys WHERE billing_key = ?'),
      remove: db.prepare('UPDATE billing_keys SET deleted_at = ? WHERE billing_key = ?'),
    };
  }

  authorise(authKey: string, customerKey: string, choice: Choice): void {
    this.#statements.authorise.run(authKey, customerKey, JSON.stringify(choice));
  }

  useAuthKey(authKey: string, customerKey: string): Choice | undefined {
    const row = this.#statements.use.get(authKey, customerKey) as { choice: string } | undefined;
    return row && (JSON.parse(row.choice) as Choice);
  }

  add(billingKey: string, customerKey: string, choice: Choice): void {
    this.#statements.add.run(billingKey, customerKey, JSON.stringify(choice));
  }

  find(billingKey: string): BillingKey | undefined {
    const row = this.#statements.find.get(billingKey) as
      | { customer_key: string; choice: string; deleted_at: number | null }
      | undefined;
    return (
      row && { customerKey: row.customer_key, choice: JSON.parse(row.choice) as Choice, deletedAt: row.deleted_at }
    );
  }

  remove(billingKey: string, now: number): void {
    this.#statements.remove.run(now, billingKey);
  }
}
