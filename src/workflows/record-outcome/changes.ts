import type { Display } from '../../payments/index.ts';
import type { NewEvent } from '../../outbox/index.ts';
import type {
  AttemptOutcome,
  InvoiceStatus,
  PaymentStatus,
  Subscription,
  SubscriptionPeriod,
} from '../../platform/database/index.ts';

/** Everything that recording an outcome writes, as data. It is written by one statement: all of it, or nothing. */
export interface Changes {
  payment: PaymentChange;
  /** What the provider answered to the attempt. null: nothing new */
  attempt: AttemptAnswer | null;
  /** What is paid for, or what a failed renewal means. null: no subscription changes */
  subscription: SubscriptionChange | null;
  /** Movements of the buyer's balance, in won. */
  balance: { amount: number; reason: 'used' | 'change' | 'kept' }[];
  /** What an event gathers, in won. null: no event */
  contribution: { planId: number; amount: number } | null;
  /** Refunds that the provider shows and that were not requested here. */
  refunds: { providerRef: string; amount: number; reason: string; refundedAt: Date }[];
  /** Payments at the provider that must be given back at once. */
  voids: { providerRef: string; reason: VoidReason }[];
  events: NewEvent[];
  jobs: NewJob[];
}

/** What a payment becomes, and under which conditions. */
export interface PaymentChange {
  orderId: string;
  userId: string;
  /** Written only while it is in one of these states; empty: the payment itself does not change. */
  from: readonly PaymentStatus[];
  /** ... and this is its latest attempt. null: whichever is */
  attemptCount: number | null;
  /** ... and its buyer has not stopped it so that the money goes back. */
  unlessStopped: boolean;
  /** Where the payment was not written, attempt and voids are written all the same. */
  isOptional: boolean;
  to: PaymentValues;
  /** The charge of a card is over: other payments of the buyer no longer wait for it. */
  endsCharge: boolean;
  /** What the invoice becomes. null: it stays as it is */
  invoice: InvoiceStatus | null;
}

/** The columns of a payment that an outcome sets. null leaves what is there, except where it says otherwise. */
export interface PaymentValues {
  status: PaymentStatus | null;
  providerRef: string | null;
  /** In won. */
  refundedAmount: number | null;
  /** What it was paid with; set as a whole. */
  display: Display | null;
  approvedAt: Date | null;
  /** Set, null too: the latest failure. */
  failure: { code: string; message: string } | null;
  /** Set, null too: when the provider is polled next. */
  nextPollAt: Date | null;
  polledAt: Date | null;
}

export interface AttemptAnswer {
  number: number;
  providerRef: string | null;
  outcome: AttemptOutcome;
  error: { code: string; message: string } | null;
}

/** A subscription as it was read, and as it is to be. */
export interface SubscriptionChange {
  /** null: it begins */
  before: Subscription | null;
  after: Subscription;
  /** The time that is granted. null: none */
  period: SubscriptionPeriod | null;
  /** Periods that a change of plan ends or replaces. */
  endedPeriods: SubscriptionPeriod[];
}

/** Why money that the provider took goes back at once. */
export type VoidReason = 'PAYMENT_MISMATCH' | 'PAYMENT_SURPLUS' | 'ORDER_OUTDATED' | 'PAYMENT_STOPPED';

/** A job that runs after a while, of real time. Under a key one is kept at a time. */
export interface NewJob {
  name: string;
  payload: object;
  delayMs: number;
  key: string | null;
}
