import { invoiceAfter, nextInvoiceStatus } from '../../invoices/index.ts';
import {
  accountDueAt,
  cut,
  displayOf,
  maxRequestMs,
  mayBeUnderWay,
  nextDepositPollAt,
  nextPollAt,
  paymentEvent,
  paymentStatusesBefore,
} from '../../payments/index.ts';
import { type Attempt } from '../begin-attempt/index.ts';
import type { AttemptOutcome, Payment, PaymentStatus } from '../../platform/database/index.ts';
import type { Declined, ProviderPayment, Timeouts, Unknown } from '../../providers/index.ts';
import type { Changes, NewJob, PaymentChange, PaymentValues, SubscriptionChange, VoidReason } from './changes.ts';
import type { NewEvent } from '../../outbox/index.ts';

const HOUR_MS = 3_600_000;
const VOID_RETRY_MS = 10_000;

/** Why money that the provider took goes back at once. */
export const GIVEN_BACK = {
  PAYMENT_MISMATCH: '승인된 결제가 주문과 다릅니다.',
  ORDER_OUTDATED: '주문 이후 구독이 바뀌었습니다.',
  PAYMENT_STOPPED: '구매자가 결제를 취소했습니다.',
};
export type GivenBackCode = keyof typeof GIVEN_BACK;

/** A virtual account was issued: the buyer pays into it later. Pure. */
export function waitingChanges(attempt: Attempt, shown: ProviderPayment, otherRefs: readonly string[], now: Date) {
  const nextPoll = nextDepositPollAt(attempt.requestedAt, now, accountDueAt(shown.deposit));
  const display = displayOf(shown);
  const to = { ...UNCHANGED, status: 'WAITING_FOR_DEPOSIT' as const, providerRef: attempt.providerRef, display };
  const payment: Payment = { ...attempt.payment, ...display, status: to.status, nextPollAt: nextPoll };
  const changes: Changes = {
    ...nothingBut({
      ...changeOf(attempt),
      from: paymentStatusesBefore('deposit_awaited'),
      to: { ...to, nextPollAt: nextPoll },
      invoice: invoiceAfter(attempt.invoice.status, to.status),
    }),
    attempt: { number: attempt.number, providerRef: attempt.providerRef, outcome: 'APPROVED', error: null },
    voids: otherRefs.map((providerRef) => ({ providerRef, reason: 'PAYMENT_SURPLUS' })),
  };
  return { payment, changes };
}

/** Nothing came in yet: the account is polled again, less and less often. Pure. */
export function stillWaitingChanges(attempt: Attempt, dueAt: Date | null, now: Date): Changes {
  const nextPoll = nextDepositPollAt(attempt.requestedAt, now, dueAt);
  return nothingBut({
    ...changeOf(attempt),
    from: ['WAITING_FOR_DEPOSIT'],
    to: { ...UNCHANGED, nextPollAt: nextPoll },
  });
}

/** The virtual account ran out before the buyer paid. Pure. */
export function expiredChanges(attempt: Attempt): Changes {
  const { payment, invoice } = attempt;
  const change = {
    ...changeOf(attempt),
    from: paymentStatusesBefore('account_expired'),
    to: { ...UNCHANGED, status: 'EXPIRED' as const },
    invoice: invoiceAfter(invoice.status, 'EXPIRED'),
  };
  return {
    ...nothingBut(change),
    events: [paymentEvent('payment.failed', { ...payment, status: 'EXPIRED' }, invoice)],
  };
}

/**
 * The provider declined. Pure.
 *
 * @param renewal what it means for the subscription that it should have renewed. null: no renewal
 */
export function declinedChanges(
  attempt: Attempt,
  { error, reason }: Declined,
  renewal: { change: SubscriptionChange | null; event: NewEvent | null } | null,
): Changes {
  const { payment, invoice, number, paymentMethodId, providerRef } = attempt;
  const failure = { code: cut(error.code, 100), message: cut(error.message, 600) };
  // What lies with the buyer or the card stays so for this provider payment; our credentials or a bank's night pass.
  const outcome: AttemptOutcome = reason === 'declined' || reason === 'buyer' ? 'DECLINED' : 'REFUSED';
  const failed = { ...payment, status: 'FAILED' as const, failureCode: failure.code, failureMessage: failure.message };
  const isCharge = paymentMethodId !== null;
  // Of a card on file it is known what was paid with.
  const describe: NewJob = {
    name: 'describe-failure',
    payload: { orderId: payment.orderId, number },
    delayMs: 0,
    key: null,
  };
  return {
    ...nothingBut({
      ...changeOf(attempt),
      from: paymentStatusesBefore('declined'),
      attemptCount: number,
      to: { ...UNCHANGED, status: 'FAILED', failure },
      endsCharge: isCharge,
      // A renewal stays owed: its card is charged again.
      invoice: nextInvoiceStatus(invoice.status, invoice.subscriptionId === null ? 'failed' : 'declined'),
    }),
    attempt: { number, providerRef, outcome, error: failure },
    subscription: renewal?.change ?? null,
    events: [paymentEvent('payment.failed', failed, invoice), ...(renewal?.event ? [renewal.event] : [])],
    jobs: isCharge ? [] : [describe],
  };
}

/** What the provider took goes back, and nothing is granted. Pure. */
export function givenBackChanges(attempt: Attempt, code: GivenBackCode, renewal: SubscriptionChange | null): Changes {
  const { payment, invoice, number, providerRef, paymentMethodId } = attempt;
  const failure = { code, message: GIVEN_BACK[code] };
  const failed = { ...payment, status: 'FAILED' as const, failureCode: code, failureMessage: failure.message };
  return {
    ...nothingBut({
      ...changeOf(attempt),
      from: paymentStatusesBefore('declined'),
      attemptCount: number,
      isOptional: true,
      to: { ...UNCHANGED, status: 'FAILED', failure },
      endsCharge: paymentMethodId !== null,
      // Also of a renewal: its order is over, and another charge would be made under another one.
      invoice: nextInvoiceStatus(invoice.status, 'failed'),
    }),
    attempt: { number, providerRef, outcome: 'MISMATCHED', error: failure },
    subscription: renewal,
    ...voided(providerRef!, code),
    events: [paymentEvent('payment.failed', failed, invoice)],
  };
}

/** The order was paid before, by another provider payment: this one goes back. Pure. */
export function surplusChanges(attempt: Attempt): Changes {
  const { number, providerRef } = attempt;
  const error = { code: 'PAYMENT_SURPLUS', message: '다른 결제로 이미 지불된 주문입니다.' };
  return {
    ...nothingBut({ ...changeOf(attempt), from: [], isOptional: true, to: UNCHANGED }),
    attempt: { number, providerRef, outcome: 'MISMATCHED', error },
    ...voided(providerRef!, 'PAYMENT_SURPLUS'),
  };
}

/**
 * The outcome is not known yet: the payment is polled. Pure.
 *
 * @param isPoll it was a poll that found nothing out; the request itself may still wait for its answer
 */
export function unknownChanges(
  attempt: Attempt,
  outcome: Unknown,
  isPoll: boolean,
  timeouts: Timeouts,
  now: Date,
): Changes {
  const { payment, number, providerRef, requestedAt, paymentMethodId } = attempt;
  const isUnderWay = mayBeUnderWay(attempt, now, timeouts);
  const overAt = new Date(requestedAt.getTime() + maxRequestMs(paymentMethodId, timeouts));
  // What the buyer stopped is polled until it is known, however long that takes: they wait for their card, or their
  // money.
  const afterStop = payment.stoppedAt === null ? null : new Date(now.getTime() + HOUR_MS);
  const pollAt = nextPollAt(requestedAt, now, outcome.answered, isUnderWay ? overAt : undefined) ?? afterStop;
  const { failureCode, failureMessage } = payment;
  const failure = failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  const to: PaymentValues = { ...UNCHANGED, failure, nextPollAt: pollAt, polledAt: now };
  const change: PaymentChange = { ...changeOf(attempt), from: OPEN, attemptCount: number, to };
  // Those who follow wait while a request is under way; a poll must not tell them that none is.
  const isAnswer = !(isPoll && isUnderWay);
  return {
    ...nothingBut(change),
    attempt: isAnswer
      ? { number, providerRef, outcome: 'UNKNOWN', error: { code: cut(outcome.code, 100), message: '' } }
      : null,
    jobs: pollAt ? [pollJob(pollAt.getTime() - now.getTime())] : [],
  };
}

const OPEN: PaymentStatus[] = ['PENDING', 'WAITING_FOR_DEPOSIT'];

const UNCHANGED: PaymentValues = {
  ...{ status: null, providerRef: null, refundedAmount: null, display: null, approvedAt: null },
  ...{ failure: null, nextPollAt: null, polledAt: null },
};

function changeOf({ payment: { orderId, userId } }: Attempt) {
  const unconditional = { attemptCount: null, unlessStopped: false, isOptional: false };
  return { orderId, userId, ...unconditional, endsCharge: false, invoice: null };
}

function nothingBut(payment: PaymentChange): Changes {
  const nothing = { attempt: null, subscription: null, balance: [], contribution: null };
  return { ...nothing, payment, refunds: [], voids: [], events: [], jobs: [] };
}

/** A provider payment that goes back at once; a job tries again what does not succeed. */
function voided(providerRef: string, reason: VoidReason): Pick<Changes, 'voids' | 'jobs'> {
  return { voids: [{ providerRef, reason }], jobs: [pollJob(VOID_RETRY_MS)] };
}

function pollJob(delayMs: number): NewJob {
  return { name: 'recover-payments', payload: {}, delayMs: Math.max(Math.round(delayMs), 0), key: 'recover-payments' };
}
