import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { choiceSchema, orderSchema } from './buyers.ts';

const returnUrl = z.url({ protocol: /^https?$/ }).optional();

/** What the SDK sends to open the payment window. Without URLs the result goes to the page that embeds it. */
export const paymentWindowSchema = orderSchema.extend(choiceSchema.shape).extend({
  clientKey: z.string(),
  successUrl: returnUrl,
  failUrl: returnUrl,
  /** The origin of the page that opened the window. Without URLs only this origin receives the result. */
  opener: z.url(),
  metadata: z.record(z.string().max(40), z.string().max(2000)).nullish(),
  taxFreeAmount: z.number().min(0).optional(),
});

export const billingWindowSchema = z.object({
  clientKey: z.string(),
  method: z.enum(['CARD', 'TRANSFER']).default('CARD'),
  customerKey: z.string().min(2).max(300),
  customerName: z.string().max(100).optional(),
  successUrl: returnUrl,
  failUrl: returnUrl,
  opener: z.url(),
});

export interface OpenWindow {
  kind: 'payment' | 'billing';
  /** The payment of a payment window. */
  paymentKey: string | null;
  customerKey: string | null;
  /** What a billing window registers. Windows of older versions register cards. */
  method?: 'CARD' | 'TRANSFER';
  successUrl: string | null;
  failUrl: string | null;
  opener: string;
}

/** The opened windows, by an id that only their own page knows. */
export class Windows {
  readonly #statements;

  constructor(db: DatabaseSync) {
    db.exec('CREATE TABLE IF NOT EXISTS windows (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID');
    this.#statements = {
      add: db.prepare('INSERT INTO windows (id, doc) VALUES (?, ?)'),
      find: db.prepare('SELECT doc FROM windows WHERE id = ?'),
    };
  }

  add(id: string, window: OpenWindow): void {
    this.#statements.add.run(id, JSON.stringify(window));
  }

  find(id: string): OpenWindow | undefined {
    const row = this.#statements.find.get(id) as { doc: string } | undefined;
    return row && (JSON.parse(row.doc) as OpenWindow);
  }
}
