import type {
  Declined,
  Deposit,
  PaymentState,
  ProviderPayment,
  ProviderRefund,
  ProviderTransaction,
  SavedPaymentMethod,
  Unknown,
} from '../provider.port.ts';
import type { BillingIssued } from './billing.schema.ts';
import { hintOf } from './code-meaning.ts';
import { classOf, type ErrorClass } from './error-class.ts';
import type { TossError, TossPayment, TossTransaction } from './payment.schema.ts';

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

/** null: a status that is not documented */
export function stateOf(status: string): PaymentState | null {
  return Object.hasOwn(STATES, status) ? STATES[status as TossPayment['status']] : null;
}

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

/** Toss declined: nothing was taken and nothing will be. */
export function declined(error: TossError, reason: ErrorClass): Declined {
  return { kind: 'declined', error, reason, hint: hintOf(error.code) };
}

/**
 * Money may have moved.
 *
 * @param answered Toss answered; only its answer decides nothing
 * @param undocumented the error, where Toss does not document its code
 */
export function unknown(code: string, answered: boolean, undocumented?: TossError): Unknown {
  const reason = answered ? classOf(code) : undefined;
  return { kind: 'unknown', code, answered, reason, hint: hintOf(code), undocumented };
}

/** A billing key that Toss issued. */
export function savedFrom({ billingKey, ...card }: BillingIssued): SavedPaymentMethod {
  const { method, issuerCode, cardNumber, cardType } = card;
  return { kind: 'saved', reference: billingKey, display: { method, issuerCode, cardNumber, cardType } };
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
