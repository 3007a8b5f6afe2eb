import type { Payment, Refund } from '../platform/database/index.ts';
import type { ProblemCode } from '../platform/problem.ts';

const HOUR_MS = 3_600_000;

/** What can be refunded of a payment, and why not. */
export interface Refundability {
  /** Won that no refund has requested yet. */
  refundableAmount: number;
  /** When the window closes. null: nothing was paid yet */
  windowEndsAt: Date | null;
  windowOpen: boolean;
  /** Nothing was paid yet: a refund closes the account, and no money moves. */
  beforeDeposit: boolean;
  /** The money of a virtual account cannot go back to where it came from: the buyer must name a bank account. */
  accountRequired: boolean;
  refusal: Extract<ProblemCode, 'PAYMENT_NOT_REFUNDABLE' | 'REFUND_WINDOW_CLOSED'> | null;
}

/** Pure. The window is `windowDays` × 24 hours from Toss's `approvedAt`, to the millisecond. */
export function refundability(
  payment: Payment,
  refunds: readonly Refund[],
  windowDays: number,
  now: Date,
): Refundability {
  const pending = refunds.filter(({ status }) => status === 'PENDING').reduce((total, { amount }) => total + amount, 0);
  const beforeDeposit = payment.status === 'WAITING_FOR_DEPOSIT';
  const holdsMoney = payment.status === 'SUCCESS' || payment.status === 'PARTIALLY_REFUNDED';
  const refundableAmount =
    beforeDeposit || holdsMoney ? Math.max(payment.amount - payment.refundedAmount - pending, 0) : 0;
  const windowEndsAt =
    holdsMoney && payment.approvedAt ? new Date(payment.approvedAt.getTime() + windowDays * 24 * HOUR_MS) : null;
  const windowOpen = beforeDeposit || (windowEndsAt !== null && now <= windowEndsAt);
  return {
    refundableAmount,
    windowEndsAt,
    windowOpen,
    beforeDeposit,
    accountRequired: holdsMoney && payment.virtualAccount !== null,
    refusal: refundableAmount === 0 ? 'PAYMENT_NOT_REFUNDABLE' : windowOpen ? null : 'REFUND_WINDOW_CLOSED',
  };
}
