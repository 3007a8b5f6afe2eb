import type { NewEvent } from '../outbox/index.ts';
import type { Invoice, Payment } from '../platform/database/index.ts';

/** What an event tells of a payment. */
type Shown = Pick<
  Payment,
  | 'orderId'
  | 'userId'
  | 'amount'
  | 'refundedAmount'
  | 'currency'
  | 'status'
  | 'method'
  | 'approvedAt'
  | 'failureCode'
  | 'failureMessage'
  | 'createdAt'
>;

/** What it paid. */
type Ordered = Pick<Invoice, 'planId' | 'orderName'>;

/** What an outgoing event says of a payment: what is true of it from then on. No payment key, no card, no account. */
export function paymentEvent(
  type: 'payment.succeeded' | 'payment.failed' | 'payment.reversed',
  payment: Shown,
  invoice: Ordered,
): NewEvent {
  return { type, userId: payment.userId, orderId: payment.orderId, data: dataOf(payment, invoice) };
}

/** @param refunded what went back now, in won */
export function refundedEvent(
  payment: Shown,
  invoice: Ordered,
  refunded: number,
  subscriptionId: string | null = null,
): NewEvent {
  const { userId, orderId } = payment;
  return { type: 'payment.refunded', userId, subscriptionId, orderId, data: { ...dataOf(payment, invoice), refunded } };
}

function dataOf(payment: Shown, { planId, orderName }: Ordered) {
  const { amount, refundedAmount, currency, status, method } = payment;
  const { approvedAt, failureCode, failureMessage, createdAt } = payment;
  const failure = failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  return { planId, orderName, amount, refundedAmount, currency, status, method, approvedAt, failure, createdAt };
}
