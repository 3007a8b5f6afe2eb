import { describe, expect, it } from '@jest/globals';
import {
  isPaid,
  nextPaymentStatus,
  PAYMENT_STATUSES,
  type PaymentEvent,
  paymentStatusesBefore,
} from './payment.machine.ts';

describe('a payment', () => {
  it.each<[PaymentEvent, string[]]>([
    ['requested', ['FAILED']],
    ['deposit_awaited', ['PENDING', 'FAILED']],
    ['paid', ['PENDING', 'WAITING_FOR_DEPOSIT', 'FAILED', 'EXPIRED']],
    ['declined', ['PENDING', 'WAITING_FOR_DEPOSIT']],
    ['account_expired', ['WAITING_FOR_DEPOSIT']],
    ['refunded_in_part', PAYMENT_STATUSES.filter((status) => status !== 'REFUNDED')],
    ['refunded', PAYMENT_STATUSES.filter((status) => status !== 'REFUNDED')],
    ['deposit_reversed', ['SUCCESS']],
  ])('can be %s only in %j', (event, statuses) => {
    expect(paymentStatusesBefore(event)).toEqual(statuses);
  });

  it('that is refunded stays refunded', () => {
    const events = ['requested', 'paid', 'declined', 'refunded', 'deposit_reversed'] as const;
    expect(events.map((event) => nextPaymentStatus('REFUNDED', event))).toEqual(events.map(() => null));
  });

  it('is paid by its money, whatever went back', () => {
    expect(PAYMENT_STATUSES.filter(isPaid)).toEqual(['SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED']);
  });
});
