import { type ProblemCode, PROBLEMS } from '../platform/problem.ts';

type StatusOf<Code extends ProblemCode> = (typeof PROBLEMS)[Code]['status'];
type ConflictCode = { [Code in ProblemCode]: StatusOf<Code> extends 409 ? Code : never }[ProblemCode];

/**
 * Every 409. A lasting one decided something: the same request would meet it again. A passing one goes away by itself,
 * so that the same key may be tried again. What an operator or the buyer has to change first is lasting.
 */
export const CONFLICTS = {
  ORDER_ALREADY_PAID: 'lasting',
  PAYMENT_IN_PROGRESS: 'passing',
  PAYMENT_NOT_REFUNDABLE: 'lasting',
  DIFFERENCE_RESOLVED: 'lasting',
  REFUND_NOT_PENDING: 'lasting',
  REFUND_STILL_ASKED: 'passing',
  PAYMENT_KEY_USED: 'lasting',
  IDEMPOTENCY_KEY_IN_PROGRESS: 'passing',
  DOWNGRADE_AT_PERIOD_END: 'lasting',
  NOTHING_TO_PAY: 'lasting',
  CHANGE_NEEDS_PAYMENT: 'lasting',
  ORDER_OUTDATED: 'lasting',
  SUBSCRIPTION_CHANGED: 'passing',
  ALREADY_SUBSCRIBED: 'lasting',
  NOTHING_HELD: 'lasting',
  TRIAL_NOT_AVAILABLE: 'lasting',
  PLAN_NOT_FOR_SALE: 'lasting',
  SUBSCRIPTION_ENDED: 'lasting',
  NO_RECEIVER: 'lasting',
  PAYMENT_STOPPED: 'lasting',
  PAYMENT_NOT_STOPPABLE: 'lasting',
  PAYMENT_NOT_PENDING: 'lasting',
  PAYMENT_STILL_REQUESTED: 'passing',
  PROVIDER_SHOWS_OTHERWISE: 'passing',
  WEBHOOK_EVENT_PROCESSED: 'lasting',
} as const satisfies Record<ConflictCode, 'lasting' | 'passing'>;

/**
 * Whether a refusal is an answer to be given again: a decline, a lasting conflict, an order that expired. A request
 * that could not be read, was not allowed or found nothing (404) decided nothing, and neither did trouble on our side.
 */
export function isKept(code: ProblemCode): boolean {
  const { status } = PROBLEMS[code];
  return status === 402 || status === 410 || (status === 409 && CONFLICTS[code as ConflictCode] === 'lasting');
}
