import type { ErrorClass } from './error-class.ts';
import type { TossError, TossPayment } from './payment.schema.ts';

/** The outcome of a request to Toss. A value, never an exception. */
export type Outcome =
  /** Toss has it: paid, waiting for a deposit, or already given back. `payment.status` tells which. */
  | { kind: 'approved'; payment: TossPayment }
  /** Toss declined: nothing was taken and nothing will be. */
  | { kind: 'declined'; error: TossError; errorClass: ErrorClass }
  /** Not known. Money may have moved. */
  | {
      kind: 'unknown';
      code: string;
      /** Toss answered; only its answer decides nothing. */
      tossAnswered: boolean;
      /** With a code that Toss does not document: believed once the payment itself shows that nothing was taken. */
      undocumented?: TossError;
    };

/** What Toss shows of a payment. */
export type Look =
  | { kind: 'found'; payment: TossPayment }
  | { kind: 'not_found' }
  | Extract<Outcome, { kind: 'unknown' }>;

/** What a payment's state says. */
export type Reading =
  | Exclude<Outcome, { kind: 'unknown' }>
  /** The buyer has authenticated, or not yet, and it is not confirmed. Nothing was taken, but may be. */
  | { kind: 'open'; payment: TossPayment };

/** Reads a payment's state. Whether it was fully cancelled shows in its balance, not in its status. */
export function readingOf(payment: TossPayment): Reading {
  switch (payment.status) {
    case 'DONE':
    case 'WAITING_FOR_DEPOSIT':
    case 'CANCELED':
    case 'PARTIAL_CANCELED':
      return { kind: 'approved', payment };
    case 'ABORTED':
    case 'EXPIRED': {
      const code = payment.failure?.code ?? payment.status;
      return { kind: 'declined', error: { code, message: payment.failure?.message ?? '' }, errorClass: 'declined' };
    }
    case 'READY':
    case 'IN_PROGRESS':
      return { kind: 'open', payment };
  }
}
