import type {
  Deposit,
  Outcome,
  PaymentState,
  ProviderPayment,
  ProviderRefund,
  ProviderTransaction,
  Retrieval,
  SavedPaymentMethod,
  Unknown,
} from '../provider.port.ts';
import type { Issued } from './billing.schema.ts';
import { hintOf } from './code-meaning.ts';
import { classOf } from './error-class.ts';
import type { Look, Outcome as TossOutcome } from './outcome.ts';
import type { TossPayment, TossTransaction } from './payment.schema.ts';

const STATES: Record<TossPayment['status'], PaymentState> = {
  READY: 'open',
  IN_PROGRESS: 'open',
  WAITING_FOR_DEPOSIT: 'waiting_for_deposit',
  DONE: 'paid',
  PARTIAL_CANCELED: 'partially_refunded',
  CANCELED: 'canceled',
  ABORTED: 'failed',
  EXPIRED: 'failed',
};

type TossUnknown = Extract<TossOutcome, { kind: 'unknown' }>;

/** A Payment of Toss's in the words of the port. */
export function paymentFrom(toss: TossPayment): ProviderPayment {
  const { paymentKey, orderId, status, totalAmount, balanceAmount, currency, approvedAt, failure } = toss;
  return {
    providerRef: paymentKey,
    orderId,
    state: STATES[status],
    isAuthenticated: status !== 'READY',
    providerState: status,
    amount: totalAmount,
    balance: balanceAmount,
    currency,
    approvedAt,
    refunds: toss.cancels.map(refundFrom),
    failure: failure ? { code: failure.code, message: failure.message ?? '', hint: hintOf(failure.code) } : null,
    display: {
      method: toss.method,
      issuerCode: toss.card?.issuerCode ?? toss.transfer?.bankCode ?? toss.virtualAccount?.bankCode ?? null,
      easyPayProvider: toss.easyPay?.provider ?? null,
      cardNumber: toss.card?.number ?? null,
      mobilePhone: toss.mobilePhone?.number ?? null,
      receiptUrl: toss.receipt?.url ?? null,
    },
    deposit: toss.virtualAccount ? depositFrom(toss.virtualAccount) : null,
    webhookSecret: toss.secret,
  };
}

function depositFrom({ expired, ...account }: NonNullable<TossPayment['virtualAccount']>): Deposit {
  const { bankCode, accountNumber, customerName, dueDate } = account;
  return { bankCode, accountNumber, customerName, dueDate, isExpired: expired === true };
}

function refundFrom(cancel: TossPayment['cancels'][number]): ProviderRefund {
  const { transactionKey, cancelAmount, cancelReason, canceledAt, cancelStatus } = cancel;
  // Left out by methods that cancel at once.
  const isDone = cancelStatus === null || cancelStatus === 'DONE';
  return {
    providerRef: transactionKey,
    amount: cancelAmount,
    reason: cancelReason,
    refundedAt: canceledAt,
    state: isDone ? 'done' : cancelStatus === 'ABORTED' ? 'failed' : 'pending',
  };
}

/** What came of a request. */
export function outcomeFrom(outcome: TossOutcome): Outcome {
  switch (outcome.kind) {
    case 'approved':
      return { kind: 'approved', payment: paymentFrom(outcome.payment) };
    case 'declined': {
      const { error, errorClass } = outcome;
      return { kind: 'declined', error, reason: errorClass, hint: hintOf(error.code) };
    }
    case 'unknown':
      return unknownFrom(outcome);
  }
}

function unknownFrom({ code, tossAnswered, undocumented }: TossUnknown): Unknown {
  const reason = tossAnswered ? classOf(code) : undefined;
  return { kind: 'unknown', code, answered: tossAnswered, reason, hint: hintOf(code), undocumented };
}

/** What a read showed. */
export function retrievalFrom(look: Look): Retrieval {
  if (look.kind === 'found') return { kind: 'found', payment: paymentFrom(look.payment) };
  return look.kind === 'not_found' ? look : unknownFrom(look);
}

/** What came of the request for a billing key. */
export function savedFrom(issued: Issued): SavedPaymentMethod {
  switch (issued.kind) {
    case 'issued': {
      const { billingKey, method, issuerCode, cardNumber, cardType } = issued.card;
      return { kind: 'saved', reference: billingKey, display: { method, issuerCode, cardNumber, cardType } };
    }
    case 'declined': {
      const { error, errorClass } = issued;
      return { kind: 'declined', error, reason: errorClass, hint: hintOf(error.code) };
    }
    case 'unknown':
      return unknownFrom(issued);
  }
}

/** One row of Toss's list of transactions. */
export function transactionFrom(row: TossTransaction): ProviderTransaction {
  const { transactionKey, paymentKey, orderId, status, transactionAt, amount } = row;
  const state = Object.hasOwn(STATES, status) ? STATES[status as TossPayment['status']] : null;
  return {
    id: transactionKey,
    providerRef: paymentKey,
    orderId,
    state,
    providerState: status,
    at: transactionAt,
    amount,
  };
}
