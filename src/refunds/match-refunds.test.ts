import { expect, it } from '@jest/globals';
import type { Refund } from '../platform/database/index.ts';
import type { ProviderRefund } from '../providers/index.ts';
import { matchRefunds } from './match-refunds.ts';

const REQUESTED = new Date('2027-02-27T00:00:00.123Z');
const minutesLater = (minutes: number) => new Date(REQUESTED.getTime() + minutes * 60_000);
const pending = (amount: number, more: Partial<Refund> = {}) =>
  ({ amount, status: 'PENDING', requestedAt: REQUESTED, reason: '', transactionKey: null, ...more }) as Refund;
const shown = (providerRef: string, amount: number, more: Partial<ProviderRefund> = {}): ProviderRefund => ({
  ...{ providerRef, amount, reason: '', refundedAt: null, state: 'done' },
  ...more,
});

it.each<[string, ProviderRefund[], Refund[], [string, string | null][]]>([
  ['that was requested', [shown('t1', 900)], [pending(900, { id: 'r1' })], [['t1', 'r1']]],
  ['that is in our records', [shown('t1', 900)], [pending(900, { status: 'REFUNDED', transactionKey: 't1' })], []],
  ['of another amount', [shown('t1', 500)], [pending(900, { id: 'r1' })], [['t1', null]]],
  ['before ours was requested', [shown('t1', 900)], [pending(900, { id: 'r1', requestedAt: null })], [['t1', null]]],
  [
    'three minutes before our request',
    [shown('t1', 900, { refundedAt: minutesLater(-3) })],
    [pending(900, { id: 'r1' })],
    [['t1', null]],
  ],
  [
    'a minute before our request: clocks differ',
    [shown('t1', 900, { refundedAt: minutesLater(-1) })],
    [pending(900, { id: 'r1' })],
    [['t1', 'r1']],
  ],
  ['after ours has failed', [shown('t1', 900)], [pending(900, { id: 'r1', status: 'FAILED' })], [['t1', null]]],
  [
    'of the same amount as another: the reason decides',
    [shown('t1', 900, { reason: 'b' }), shown('t2', 900, { reason: 'a' })],
    [pending(900, { id: 'r1', reason: 'a' }), pending(900, { id: 'r2', reason: 'b' })],
    [
      ['t1', 'r2'],
      ['t2', 'r1'],
    ],
  ],
  [
    'of the same amount as another, and one was requested',
    [shown('t1', 900), shown('t2', 900)],
    [pending(900, { id: 'r1' })],
    [
      ['t1', 'r1'],
      ['t2', null],
    ],
  ],
  ['that is under way', [shown('t1', 900, { state: 'pending' })], [pending(900, { id: 'r1' })], []],
])('a refund at the provider %s', (_, refundsShown, refunds, expected) => {
  const matches = matchRefunds(refundsShown, refunds);
  expect(matches.map((match) => [match.shown.providerRef, match.refund?.id ?? null])).toEqual(expected);
});
