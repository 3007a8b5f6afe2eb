import type { PaymentStatus } from '../platform/database/index.ts';

/** Which status may follow which. Every write of a status is conditional on these arrows. */
const FOLLOWS = {
  PENDING: ['WAITING_FOR_DEPOSIT', 'SUCCESS', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  WAITING_FOR_DEPOSIT: ['SUCCESS', 'FAILED', 'EXPIRED', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  SUCCESS: ['WAITING_FOR_DEPOSIT', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  // The order is asked again with another payment key, or Toss turns out to have approved after all.
  FAILED: ['PENDING', 'WAITING_FOR_DEPOSIT', 'SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  // A deposit that the bank booked in time, and that came to light later.
  EXPIRED: ['SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  PARTIALLY_REFUNDED: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  REFUNDED: [],
} satisfies Record<PaymentStatus, PaymentStatus[]>;

const ARROWS: Record<PaymentStatus, PaymentStatus[]> = FOLLOWS;

/** The statuses from which a payment may become `status`. */
export function before(status: PaymentStatus): PaymentStatus[] {
  return (Object.keys(ARROWS) as PaymentStatus[]).filter((from) => ARROWS[from].includes(status));
}

const PAID: PaymentStatus[] = ['SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'];

/** Money was taken for the order (and perhaps given back since). */
export const isPaid = (status: PaymentStatus): boolean => PAID.includes(status);
