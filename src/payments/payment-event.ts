import type { NewEvent } from '../outbox/index.ts';
import type { Payment } from '../platform/database/index.ts';

/** What an event tells of a payment. */
type Shown = Pick<
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
export function paymentEvent(type: Extract<NewEvent['type'], `payment.${string}`>, payment: Shown) {
  const { orderId, userId, planId, orderName, amount, refundedAmount, currency, status, method } = payment;
  const { approvedAt, failureCode, failureMessage, createdAt } = payment;
  const failure = failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  const data = { planId, orderName, amount, refundedAmount, currency, status, method, approvedAt, failure, createdAt };
  return { type, userId, orderId, data } satisfies NewEvent;
}
