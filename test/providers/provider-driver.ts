import type { PaymentProvider, RefundAccount, WebhookHint } from '../../src/providers/index.ts';

export interface Order {
  orderId: string;
  amount: number;
}

export type Operation = 'confirm' | 'charge' | 'refund' | 'retrieve' | 'save' | 'list';

/** What goes wrong with the next request. */
export type Failure =
  /** Nothing is done. */
  | 'no_connection'
  | 'server_error'
  /** The work is done, and its answer does not arrive, arrives after the timeout, or cannot be read. */
  | 'lost_answer'
  | 'late_answer'
  | 'garbled_answer'
  /** Nothing is done, and the provider says why. */
  | 'declined_by_bank'
  | 'undocumented_refusal'
  /** Of a refund. */
  | 'bank_unable'
  /** Of a read: the payment is another account's, or the provider's reads lag behind. */
  | 'not_shown';

export interface WebhookExample {
  name: string;
  body: unknown;
  hint: Partial<WebhookHint>;
}

/** A provider's adapter and the simulator behind it: what the contract needs beside the port. */
export interface ProviderDriver {
  provider: PaymentProvider;
  /** The same with credentials that the simulator refuses. */
  withWrongCredentials: PaymentProvider;
  /** A bank account that deposits can be refunded to. */
  refundAccount: RefundAccount;
  /** The buyer begins to pay, and does not get to the end. @returns the provider's id of the payment */
  open(order: Order): Promise<string>;
  /** The buyer authenticates. @returns the provider's id of the payment */
  authenticate(order: Order, by?: 'card' | 'deposit'): Promise<string>;
  /** The buyer registers a payment method. @returns the one-time authorization */
  authorizeMethod(customerRef: string): Promise<string>;
  payDeposit(orderId: string): Promise<void>;
  /** Lets the next request of this kind fail. */
  fail(operation: Operation, failure: Failure): Promise<void>;
  /** The provider's clock. */
  now(): Promise<Date>;
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What the suite starts. */
export interface ProviderUnderTest {
  name: string;
  start(): Promise<ProviderDriver>;
  /** Every event that the provider documents. */
  webhooks: readonly WebhookExample[];
}
