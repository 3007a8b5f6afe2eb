import { describe, expect, it } from '@jest/globals';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { price, total } from './lines.ts';
import { nextCharge } from './next-charge.ts';

const seoul = new BusinessCalendar({ timeZone: 'Asia/Seoul' });
const at = (text: string) => new Date(`${text}+09:00`);
const basic = { planId: 1, price: 9_900, months: 1 };
const premium = { planId: 2, price: 19_900, months: 1 };
const [begin, end] = [at('2026-04-01T10:00'), at('2026-05-01T10:00')];
const april = { startsAt: begin, endsAt: end, price: 9_900, months: 1 };

const period = (paidBy: 'buyer' | 'card', available: number) =>
  price(seoul, { kind: 'period', plan: basic, period: null, paidBy, available });
const change = (plan: typeof basic, available = 0) => {
  const cycles = { anchorAt: begin, anchorMonths: 1, endDate: end };
  const current = { cycles, periods: [april] };
  return price(seoul, { kind: 'change', plan, current, now: at('2026-04-16T09:00'), available });
};
const kinds = ({ lines }: { lines: { kind: string; amount: number }[] }) =>
  lines.map(({ kind, amount }) => [kind, amount]);

describe('a price', () => {
  it.each([
    ['a period', period('buyer', 0), [['PLAN', 9_900]], 9_900],
    [
      'a period, of which the balance pays a part',
      period('buyer', 900),
      [
        ['PLAN', 9_900],
        ['BALANCE', -900],
      ],
      9_000,
    ],
    [
      'a period that the balance pays',
      period('card', 20_000),
      [
        ['PLAN', 9_900],
        ['BALANCE', -9_900],
      ],
      0,
    ],
    [
      'a period for a buyer who owes',
      period('buyer', -500),
      [
        ['PLAN', 9_900],
        ['BALANCE', 500],
      ],
      10_400,
    ],
    ['a period that a card pays for a buyer who owes', period('card', -500), [['PLAN', 9_900]], 9_900],
    [
      'a change in the middle of a period',
      change(premium),
      [
        ['PRORATION_CREDIT', -4_950],
        ['PRORATION_CHARGE', 9_950],
      ],
      5_000,
    ],
    [
      'a change to other months: charged in full',
      change({ planId: 3, price: 99_000, months: 12 }),
      [
        ['PRORATION_CREDIT', -4_950],
        ['PRORATION_CHARGE', 99_000],
      ],
      94_050,
    ],
    [
      'a change with a balance',
      change(premium, 1_000),
      [
        ['PRORATION_CREDIT', -4_950],
        ['PRORATION_CHARGE', 9_950],
        ['BALANCE', -1_000],
      ],
      4_000,
    ],
  ] as const)('of %s is the sum of its lines', (_, priced, lines, amount) => {
    expect(kinds(priced)).toEqual(lines);
    expect([priced.amount, total(priced.lines)]).toEqual([amount, amount]);
  });

  it('of the next charge is for the period that follows, counted from the anchor', () => {
    const term = { anchorAt: at('2026-01-31T12:00'), anchorMonths: 1, endDate: at('2026-02-28T12:00') };
    const charge = nextCharge(seoul, basic, term, 900);
    expect(charge).toMatchObject({ planId: 1, months: 1, price: 9_900, amount: 9_000, balanceUsed: 900 });
    expect(charge.lines[0]!.period).toEqual({ startsAt: term.endDate, endsAt: at('2026-03-31T12:00') });
  });
});
