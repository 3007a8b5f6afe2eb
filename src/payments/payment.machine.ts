import type { PaymentStatus } from '../platform/database/index.ts';

/** What can happen to a payment. */
export type PaymentEvent =
  | 'requested'
  | 'deposit_awaited'
  | 'paid'
  | 'declined'
  | 'account_expired'
  | 'refunded_in_part'
  | 'refunded'
  | 'deposit_reversed';

/** Which event leads from which status to which. What is not here cannot happen. */
const TRANSITIONS = {
  PENDING: {
    deposit_awaited: 'WAITING_FOR_DEPOSIT',
    paid: 'SUCCESS',
    declined: 'FAILED',
    refunded_in_part: 'PARTIALLY_REFUNDED',
    refunded: 'REFUNDED',
  },
  WAITING_FOR_DEPOSIT: {
    paid: 'SUCCESS',
    declined: 'FAILED',
    account_expired: 'EXPIRED',
    refunded_in_part: 'PARTIALLY_REFUNDED',
    refunded: 'REFUNDED',
  },
  SUCCESS: {
    refunded_in_part: 'PARTIALLY_REFUNDED',
    refunded: 'REFUNDED',
    deposit_reversed: 'WAITING_FOR_DEPOSIT',
  },
  // The order is paid for once more, with another provider payment; or the provider turns out to have approved it.
  FAILED: {
    requested: 'PENDING',
    deposit_awaited: 'WAITING_FOR_DEPOSIT',
    paid: 'SUCCESS',
    refunded_in_part: 'PARTIALLY_REFUNDED',
    refunded: 'REFUNDED',
  },
  // A deposit that the bank booked in time, and that came to light later.
  EXPIRED: { paid: 'SUCCESS', refunded_in_part: 'PARTIALLY_REFUNDED', refunded: 'REFUNDED' },
  PARTIALLY_REFUNDED: { refunded_in_part: 'PARTIALLY_REFUNDED', refunded: 'REFUNDED' },
  REFUNDED: {},
} satisfies Record<PaymentStatus, Partial<Record<PaymentEvent, PaymentStatus>>>;

const TABLE: Record<PaymentStatus, Partial<Record<PaymentEvent, PaymentStatus>>> = TRANSITIONS;
export const PAYMENT_STATUSES = Object.keys(TABLE) as PaymentStatus[];

/** What an event makes of a payment. null: it cannot happen in this status */
export function nextPaymentStatus(status: PaymentStatus, event: PaymentEvent): PaymentStatus | null {
  return TABLE[status][event] ?? null;
}

/** The statuses in which an event can happen. */
export function paymentStatusesBefore(event: PaymentEvent): PaymentStatus[] {
  return PAYMENT_STATUSES.filter((status) => nextPaymentStatus(status, event) !== null);
}

/** Money was taken for the order (and perhaps given back since). */
export function isPaid(status: PaymentStatus): boolean {
  return status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
}
