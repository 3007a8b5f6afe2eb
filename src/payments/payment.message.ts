import type { Payment } from '../platform/database/index.ts';
import type { News } from '../outbox/index.ts';

interface PaymentNews extends News {
  data: Record<string, unknown>;
}

/** What an event tells of a payment. */
type Told = Pick<
  Payment,
  | 'orderId'
  | 'userId'
  | 'planId'
  | 'orderName'
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

/** What the outside is told of a payment: what is true of it from this event on. No payment key, no card, no account. */
export function paymentMessage(type: Extract<News['type'], `payment.${string}`>, payment: Told): PaymentNews {
  const {
    orderId,
    userId,
    planId,
    orderName,
    amount,
    refundedAmount,
    currency,
    status,
    method,
    approvedAt,
    failureCode,
    createdAt,
  } = payment;
  const failure = failureCode === null ? null : { code: failureCode, message: payment.failureMessage ?? '' };
  return {
    type,
    userId,
    orderId,
    data: { planId, orderName, amount, refundedAmount, currency, status, method, approvedAt, failure, createdAt },
  };
}
