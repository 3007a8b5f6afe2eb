/**
 * What every payment provider does for the engine, in the engine's words. Nothing here throws for what a provider or
 * the network does: every call answers a value. Amounts are whole minor units of the currency (won).
 */
export interface PaymentProvider {
  /** As rows name it: a CHECK of theirs lists the names. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Those of our accounts that differ, each once. */
  readonly merchantAccounts: readonly MerchantAccount[];
  /** For how long an answer is waited for. Two instances agree on it, so that leases can be derived from it. */
  readonly timeouts: Timeouts;

  /** Takes the money that the buyer has authenticated in the provider's window. */
  confirm(request: ConfirmRequest): Promise<Outcome>;
  /** Takes money from a payment method on file, without the buyer. */
  charge(request: ChargeRequest): Promise<Outcome>;
  /** Gives back a part of what was taken, or all that is left. */
  refund(request: RefundRequest): Promise<Outcome>;
  /** Gives back everything that is left of a payment that should not have been taken. */
  void(request: VoidRequest): Promise<Outcome>;

  /** What the provider shows of one payment. */
  retrieve(payment: PaymentRef): Promise<Retrieval>;
  /** What the provider shows for an order, of several payments any. Only where `capabilities.findsByOrder`. */
  findByOrder(orderId: string, account: MerchantAccount): Promise<Retrieval>;
  /** What moved within a time, one page. */
  listTransactions(request: TransactionsRequest): Promise<TransactionsPage>;

  /** Turns what the registration window answered into a payment method that can be charged. Safe to repeat. */
  savePaymentMethod(request: SavePaymentMethodRequest): Promise<SavedPaymentMethod>;
  /** @returns null once the provider has no such payment method (any more), else why it could not be deleted */
  deletePaymentMethod(reference: string): Promise<ProviderError | null>;

  /** Reads a webhook's body. It is a hint to retrieve, never the truth. null: nothing that can be read */
  parseWebhook(body: unknown): WebhookHint | null;

  /** What one of the provider's codes means here, also of one that was stored. */
  explain(code: string): CodeMeaning;
}

/**
 * Which of our accounts at the provider a payment belongs to: only that one shows and refunds it. What buyers confirm
 * goes to `main`, what is charged without them to `billing`.
 */
export type MerchantAccount = 'main' | 'billing';

/** What differs between providers, as data that no setting changes. */
export interface Capabilities {
  /** For how long a request may be repeated under its idempotency key without being done twice. */
  idempotencyLifetimeMs: number;
  /** A payment can be found by the order that it is for. */
  findsByOrder: boolean;
  /** Payment methods with which the buyer pays later, into an account. */
  depositMethods: readonly string[];
  /** The least amount of a charge, in minor units. */
  leastAmount: number;
  /** Between two refunds of one payment. */
  pauseBetweenRefundsMs: number;
  /** For how long after the buyer authenticated a payment can be confirmed. */
  confirmWindowMs: number;
}

export interface Timeouts {
  /** Of a confirm and a refund. */
  requestMs: number;
  /** Of a charge of a payment method on file. */
  chargeMs: number;
}

export interface ConfirmRequest {
  orderId: string;
  /** The provider's id of the payment (Toss: paymentKey). */
  providerRef: string;
  amount: number;
  idempotencyKey: string;
}

export interface ChargeRequest {
  orderId: string;
  orderName: string;
  amount: number;
  method: ChargeableMethod;
  idempotencyKey: string;
}

/** What a charge needs of a payment method on file. A secret: it goes into no log and no error. */
export interface ChargeableMethod {
  /** The provider's own name of it (Toss: billingKey). */
  reference: string;
  /** How the provider knows the buyer (Toss: customerKey). */
  customerRef: string;
}

/** A payment as the provider knows it. account undefined: it is not known which one it belongs to */
export interface PaymentRef {
  providerRef: string;
  account?: MerchantAccount | undefined;
}

export interface VoidRequest extends PaymentRef {
  reason: string;
  idempotencyKey: string;
}

export interface RefundRequest extends VoidRequest {
  /** undefined: all that is left */
  amount?: number | undefined;
  /** What we believe to be left: the provider refuses where it is another. */
  refundableAmount?: number | undefined;
  /** Where the money goes that cannot go back to where it came from. */
  refundAccount?: RefundAccount | undefined;
}

/** A bank account that a deposit goes back to. `bank` is the provider's code; the number is digits only. */
export interface RefundAccount {
  bank: string;
  accountNumber: string;
  holderName: string;
}

/** What came of a request. */
export type Outcome =
  /** The provider has it: paid, waiting for a deposit, or already given back. `payment.state` tells which. */
  | { kind: 'approved'; payment: ProviderPayment }
  /** An allow-listed refusal: nothing was taken and nothing will be. */
  | Declined
  /** Money may have moved. */
  | Unknown;

export interface Declined {
  kind: 'declined';
  error: ProviderError;
  reason: DeclineReason;
  hint?: Hint | undefined;
}

export interface Unknown {
  kind: 'unknown';
  code: string;
  /** The provider answered; only its answer decides nothing. */
  answered: boolean;
  /** What its code is documented to mean, where the provider refused with one. `done` or `unknown` */
  reason?: DeclineReason | undefined;
  hint?: Hint | undefined;
  /**
   * A refusal with a code that the provider does not document: believed once the payment itself shows that nothing was
   * taken.
   */
  undocumented?: ProviderError | undefined;
}

export interface ProviderError {
  code: string;
  /** In the buyer's language. Empty: the provider gave none. */
  message: string;
  /** Whether it was the provider that answered. undefined: it was */
  answered?: boolean;
}

/** Why a request was declined, as far as it matters here. */
export type DeclineReason =
  /** The bank or the card company refused. */
  | 'declined'
  /** The buyer's data, card or session is at fault. */
  | 'buyer'
  /** Refused for the moment: the same request may be made again later. */
  | 'retry'
  /** Our credentials, our contract or our request is at fault. */
  | 'configuration'
  /** Already done, or in conflict with what was done. */
  | 'done'
  | 'unknown';

/** What else a result says, where it changes what is done next. */
export type Hint =
  /** Our credentials as such are refused: the next request will fare no better. */
  | 'credentials_refused'
  /** The payment method on file will not be approved again. */
  | 'method_unusable'
  /** The order id was requested before: the next attempt needs another one. */
  | 'order_used_up'
  /** Nothing was done. Under its idempotency key the refusal is repeated; under another one it may be done. */
  | 'needs_new_key'
  /** The bank could not give the money back, and may never be able to. */
  | 'bank_unable'
  /** No connection, or it broke. */
  | 'no_answer'
  /** No answer in time: the request may be at work still. */
  | 'timed_out'
  /** The provider is at work on the same request. */
  | 'in_progress'
  /** The answer is about another payment: the idempotency key was used for that one. */
  | 'other_payment'
  /** The provider shows the payment, neither taken nor failed. */
  | 'still_open';

export interface CodeMeaning {
  reason: DeclineReason;
  hint: Hint | null;
  /** The provider's sentence in the buyer's language. null: an undocumented code */
  message: string | null;
}

export type Retrieval = { kind: 'found'; payment: ProviderPayment } | { kind: 'not_found' } | Unknown;

/** A payment as the provider shows it. */
export interface ProviderPayment {
  providerRef: string;
  orderId: string;
  state: PaymentState;
  /** The buyer has authenticated it: it can be confirmed, or was. */
  isAuthenticated: boolean;
  /** The provider's own word for the state, for logs. */
  providerState: string;
  amount: number;
  /** What is left of the amount after refunds. null: not given */
  balance: number | null;
  currency: string | null;
  approvedAt: Date | null;
  refunds: readonly ProviderRefund[];
  /** Why it failed. null: it did not, or no reason is given */
  failure: PaymentFailure | null;
  display: PaidWith;
  /** Where the buyer pays, of a payment by deposit. null: another method */
  deposit: Deposit | null;
  /** What webhooks about it carry to prove who sent them. null: not given */
  webhookSecret: string | null;
}

export type PaymentState =
  /** It is not confirmed: nothing was taken, but may be. */
  | 'open'
  | 'waiting_for_deposit'
  | 'paid'
  | 'partially_refunded'
  /** All of it was given back, or the account was closed before the deposit. */
  | 'canceled'
  | 'failed';

export interface PaymentFailure extends ProviderError {
  hint?: Hint | undefined;
}

/** What a payment was made with, as far as the provider tells. */
export interface PaidWith {
  /** The provider's word (카드, 간편결제, ...). */
  method: string | null;
  issuerCode: string | null;
  easyPayProvider: string | null;
  /** Masked. */
  cardNumber: string | null;
  /** Masked. */
  mobilePhone: string | null;
  receiptUrl: string | null;
}

export interface Deposit {
  bankCode: string | null;
  accountNumber: string;
  customerName: string | null;
  /** ISO 8601 with the provider's offset. */
  dueDate: string | null;
  isExpired: boolean;
}

export interface ProviderRefund {
  /** The provider's id of the refund (Toss: transactionKey). */
  providerRef: string;
  amount: number;
  reason: string | null;
  refundedAt: Date | null;
  state: 'pending' | 'done' | 'failed';
}

export interface TransactionsRequest {
  account: MerchantAccount;
  from: Date;
  to: Date;
  /** The last id of the page before. */
  after?: string | undefined;
  limit: number;
}

/** One movement of money, or of none. */
export interface ProviderTransaction {
  id: string;
  providerRef: string;
  orderId: string;
  /** What the payment became by it. null: a word from the provider that is not known here */
  state: PaymentState | null;
  /** The provider's own word for the state, for logs. */
  providerState: string;
  at: Date;
  amount: number;
}

export type TransactionsPage = { kind: 'page'; rows: ProviderTransaction[] } | { kind: 'unknown'; code: string };

export interface SavePaymentMethodRequest {
  /** The window's one-time authorization (Toss: authKey). */
  authorization: string;
  customerRef: string;
  idempotencyKey: string;
}

/** What came of saving a payment method. */
export type SavedPaymentMethod = { kind: 'saved'; reference: string; display: MethodDisplay } | Declined | Unknown;

export interface MethodDisplay {
  method: string | null;
  issuerCode: string | null;
  /** Masked. */
  cardNumber: string | null;
  cardType: string | null;
}

/** What a webhook says it is about. */
export interface WebhookHint {
  about: WebhookSubject;
  /** The provider's name of the event. */
  type: string;
  orderId: string | null;
  providerRef: string | null;
  /** The provider's id of a refund. */
  refundRef: string | null;
  /** A payment method that the provider says to have deleted. */
  deletedMethod: string | null;
  /** What proves the sender of a deposit's webhook. */
  depositSecret: string | null;
  /** What it says of the payment, to be compared and never to be recorded. null: nothing */
  state: PaymentState | null;
  balance: number | null;
}

export type WebhookSubject = 'payment' | 'deposit' | 'refund' | 'payment_method' | 'other';
