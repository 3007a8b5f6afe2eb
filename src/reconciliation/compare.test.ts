import { expect, it } from '@jest/globals';
import type { PaymentState, ProviderTransaction } from '../providers/index.ts';
import { differencesBetween, type Line, lineKey, linesOf, unknownCancels, withoutEmptyCancels } from './compare.ts';

const STATES: Record<string, PaymentState> = {
  DONE: 'paid',
  WAITING_FOR_DEPOSIT: 'waiting_for_deposit',
  CANCELED: 'canceled',
  PARTIAL_CANCELED: 'partially_refunded',
  ABORTED: 'failed',
};
const row = (providerRef: string, status: string, amount: number, id = `t-${providerRef}`): ProviderTransaction => ({
  id,
  providerRef,
  orderId: `order-${providerRef}`,
  state: STATES[status] ?? null,
  providerState: status,
  amount,
  at: new Date(0),
});
const line = (providerRef: string, amount: number, transactionKey = '', status = 'SUCCESS'): Line => ({
  providerRef,
  transactionKey,
  orderId: `order-${providerRef}`,
  amount,
  status,
});

it('reads what was taken by payment, and each cancel by itself, whatever its sign', () => {
  expect(
    linesOf([
      row('a', 'DONE', 9_900),
      row('a', 'PARTIAL_CANCELED', -1_000, 'c1'),
      row('a', 'PARTIAL_CANCELED', 2_000, 'c2'),
    ]),
  ).toMatchObject([
    { providerRef: 'a', transactionKey: '', amount: 9_900 },
    { transactionKey: 'c1', amount: 1_000 },
    { transactionKey: 'c2', amount: 2_000 },
  ]);
});

it('nets a deposit that the bank took back, and leaves out what moves no money', () => {
  expect(
    linesOf([
      row('a', 'WAITING_FOR_DEPOSIT', 0),
      row('a', 'DONE', 9_900),
      row('a', 'WAITING_FOR_DEPOSIT', -9_900),
      row('b', 'CANCELED', 0),
      row('c', 'ABORTED', 500),
    ]),
  ).toEqual([]);
  expect(
    linesOf([row('a', 'DONE', 9_900), row('a', 'WAITING_FOR_DEPOSIT', -9_900), row('a', 'DONE', 9_900)]),
  ).toMatchObject([{ amount: 9_900 }]);
});

it('leaves out a cancel before the deposit, which shows the amount of the order', () => {
  const keys = (...rows: ProviderTransaction[]) => withoutEmptyCancels(rows, new Set()).map(({ id }) => id);
  const [issued, paid] = [row('a', 'WAITING_FOR_DEPOSIT', 0, 'issued'), row('a', 'DONE', 9_900, 'paid')];
  const [reverted, cancelled] = [
    row('a', 'WAITING_FOR_DEPOSIT', -9_900, 'reverted'),
    row('a', 'CANCELED', 9_900, 'cancelled'),
  ];
  expect(keys(issued, cancelled)).toEqual(['issued']);
  expect(keys(issued, paid, cancelled)).toEqual(['issued', 'paid', 'cancelled']);
  expect(keys(issued, paid, reverted, cancelled)).toEqual(['issued', 'paid', 'reverted']);
});

it('asks about a cancel that comes alone: the payment may have been made on another day', () => {
  const alone = [
    row('a', 'CANCELED', 9_900),
    row('b', 'CANCELED', 22_400),
    row('c', 'PARTIAL_CANCELED', 100),
    row('d', 'DONE', 5),
  ];
  expect(unknownCancels(alone)).toEqual(['a', 'b']);
  expect(withoutEmptyCancels(alone, new Set(['b'])).map(({ providerRef }) => providerRef)).toEqual(['a', 'c', 'd']);
});

it.each<[string, Line[], Line[], Line[], string[]]>([
  ['nothing', [line('a', 100)], [line('a', 100)], [line('a', 100)], []],
  ['missing here', [], [], [line('a', 100)], ['MISSING_HERE a']],
  ['missing there', [line('a', 100)], [line('a', 100)], [], ['MISSING_THERE a']],
  ['another amount', [line('a', 90)], [line('a', 90)], [line('a', 100)], ['AMOUNT a']],
  ['requested, but not paid by our records', [], [line('a', 0, '', 'FAILED')], [line('a', 100)], ['STATUS a']],
  [
    'a cancel we do not know',
    [line('a', 100)],
    [line('a', 100)],
    [line('a', 100), line('a', 40, 'c1')],
    ['MISSING_HERE a c1'],
  ],
  [
    'a refund that the provider does not have',
    [line('a', 100), line('a', 40, 'c1')],
    [line('a', 100)],
    [line('a', 100)],
    ['MISSING_THERE a c1'],
  ],
  ['here on another day', [], [line('a', 100)], [line('a', 100)], []],
])('differs by %s', (_, ours, known, theirs, expected) => {
  const found = differencesBetween(
    ours,
    new Map(known.map((one) => [lineKey(one), one])),
    theirs,
    new Set(theirs.map(lineKey)),
  );
  expect(
    found.map(({ kind, providerRef, transactionKey }) => [kind, providerRef, transactionKey].filter(Boolean).join(' ')),
  ).toEqual(expected);
});
