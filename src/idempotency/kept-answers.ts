import { type ProblemCode, PROBLEMS } from '../platform/problem.ts';

type StatusOf<Code extends ProblemCode> = (typeof PROBLEMS)[Code]['status'];
type ConflictCode = { [Code in ProblemCode]: StatusOf<Code> extends 409 ? Code : never }[ProblemCode];

/**
 * Every 409. A lasting one is final: the same request would be refused again. A passing one goes away by itself, so the
 * same key may be tried again. A conflict that an operator or the buyer has to resolve is lasting.
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
 * Whether a refusal is stored and repeated: a decline, a lasting conflict, an expired order. A request that was
 * invalid, not allowed or not found, and an error on our side, decided nothing.
 */
export function isKept(code: ProblemCode): boolean {
  const { status } = PROBLEMS[code];
  return status === 402 || status === 410 || (status === 409 && CONFLICTS[code as ConflictCode] === 'lasting');
}
