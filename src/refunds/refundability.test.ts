import { expect, it } from '@jest/globals';
import type { Payment, Refund } from '../platform/database/index.ts';
import { refundability } from './refundability.ts';

const APPROVED = new Date('2027-02-27T00:00:00.123Z');
const paid = {
  status: 'SUCCESS',
  amount: 9_900,
  refundedAmount: 0,
  approvedAt: APPROVED,
  virtualAccount: null,
} as Payment;
const after = (hours: number, ms = 0) => new Date(APPROVED.getTime() + hours * 3_600_000 + ms);
const pending = (amount: number, more: Partial<Refund> = {}) =>
  ({ amount, status: 'PENDING', requestedAt: APPROVED, reason: '', transactionKey: null, ...more }) as Refund;

it.each([
  ['at once', 3, after(0), true],
  ['in the last millisecond of 72 hours', 3, after(72), true],
  ['a millisecond later', 3, after(72, 1), false],
  ['a window of a day', 1, after(24, 1), false],
  ['no window', 0, after(0, 1), false],
])('the window: %s', (_, days, now, open) => {
  expect(refundability(paid, [], days, now)).toMatchObject({
    windowOpen: open,
    refusal: open ? null : 'REFUND_WINDOW_CLOSED',
  });
});

it.each<[string, Partial<Payment>, Refund[], number]>([
  ['nothing went back', {}, [], 9_900],
  ['a part is under way', {}, [pending(900)], 9_000],
  [
    'a part is under way and one is done',
    { refundedAmount: 1_000, status: 'PARTIALLY_REFUNDED' },
    [pending(900), pending(1_000, { status: 'REFUNDED' })],
    8_000,
  ],
  ['one failed', {}, [pending(900, { status: 'FAILED' })], 9_900],
  ['all is under way', {}, [pending(9_900)], 0],
  ['all went back', { refundedAmount: 9_900, status: 'REFUNDED' }, [], 0],
  ['it is not known yet whether it was paid', { status: 'PENDING' }, [], 0],
  ['it failed', { status: 'FAILED' }, [], 0],
])('what is left when %s', (_, change, refunds, left) => {
  const { refundableAmount, refusal } = refundability({ ...paid, ...change }, refunds, 3, after(1));
  expect({ refundableAmount, refusal }).toEqual({
    refundableAmount: left,
    refusal: left === 0 ? 'PAYMENT_NOT_REFUNDABLE' : null,
  });
});
