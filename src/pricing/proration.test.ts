import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { type Paid, prorate, share } from './proration.ts';

const seoul = new BusinessCalendar({ timeZone: 'Asia/Seoul' });
const at = (text: string) => new Date(`${text}+09:00`);
const paid = (startsAt: string, endsAt: string, price: number): Paid => ({
  startsAt: at(startsAt),
  endsAt: at(endsAt),
  price,
});
/** What is current: periods of a month each, from the anchor on. */
const current = (...periods: Paid[]) => ({
  cycles: { anchorAt: periods[0]!.startsAt, anchorMonths: periods.length, endDate: periods.at(-1)!.endsAt },
  periods: periods.map((period) => ({ ...period, months: 1 })),
});
const month = (price: number) => ({ price, months: 1 });
const april = paid('2026-04-01T10:00', '2026-05-01T10:00', 9_900);

describe('a change that keeps the cycle: both prices by the days that are left', () => {
  it.each([
    ['on the first day, all of both', '2026-04-01T12:00', 9_900, 19_900],
    ['in the middle', '2026-04-16T09:00', 4_950, 9_950],
    ['one second before midnight it is still that day', '2026-04-16T23:59:59', 4_950, 9_950],
    ['at midnight it is the next', '2026-04-17T00:00', 4_620, 9_287],
    ['on the day before the last', '2026-04-30T10:00', 330, 663],
    ['on the last day, nothing', '2026-05-01T09:00', 0, 0],
  ])('%s', (_, now, credit, charge) => {
    expect(prorate(seoul, current(april), at(now), month(19_900))).toEqual({ credit, charge, keepsCycle: true });
  });

  it('counts the days of the month it is in: 28 in February', () => {
    const february = paid('2026-01-31T12:00', '2026-02-28T12:00', 9_900);
    expect(prorate(seoul, current(february), at('2026-02-14T12:00'), month(19_900))).toMatchObject({
      credit: 4_950,
      charge: 9_950,
    });
  });

  it('takes what was bought ahead whole', () => {
    const may = paid('2026-05-01T10:00', '2026-06-01T10:00', 9_900);
    expect(prorate(seoul, current(april, may), at('2026-04-16T09:00'), month(19_900))).toMatchObject({
      credit: 4_950 + 9_900,
      charge: 9_950 + 19_900,
    });
  });

  it('credits what was paid, not what the plan costs today', () => {
    expect(prorate(seoul, current({ ...april, price: 5_000 }), at('2026-04-16T09:00'), month(19_900)).credit).toBe(
      2_500,
    );
  });
});

describe('a second change in the same cycle', () => {
  it('credits what the first charged, and charges by the days of the cycle', () => {
    const changed = { ...paid('2026-04-16T09:00', '2026-05-01T10:00', 9_950), months: 1 };
    const cycles = { anchorAt: april.startsAt, anchorMonths: 1 };
    expect(prorate(seoul, { cycles, periods: [changed] }, at('2026-04-16T20:00'), month(39_900))).toMatchObject({
      credit: 9_950,
      charge: 19_950,
    });
  });
});

describe('a change that begins a new cycle', () => {
  it('charges the new price in full and credits what was not used', () => {
    expect(prorate(seoul, current(april), at('2026-04-16T09:00'), { price: 99_000, months: 12 })).toEqual({
      credit: 4_950,
      charge: 99_000,
      keepsCycle: false,
    });
  });
});

describe('properties', () => {
  const period = fc.record({
    start: fc.date({ min: new Date('2024-01-01'), max: new Date('2034-01-01'), noInvalidDate: true }),
    months: fc.integer({ min: 1, max: 12 }),
    price: fc.integer({ min: 0, max: 10_000_000 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('credit and used part are the price, and the credit never grows with time', () => {
    fc.assert(
      fc.property(period, fc.double({ min: 0, max: 1, noNaN: true }), ({ start, months, price, at }, later) => {
        const whole = { startsAt: start, endsAt: seoul.addMonths(start, months), price };
        const length = whole.endsAt.getTime() - start.getTime();
        const now = new Date(start.getTime() + at * length);
        const then = new Date(now.getTime() + later * (whole.endsAt.getTime() - now.getTime()));
        const credit = share(seoul, whole, now, price);
        expect(credit).toBeGreaterThanOrEqual(0);
        expect(credit).toBeLessThanOrEqual(price);
        expect(Number.isInteger(credit)).toBe(true);
        expect(share(seoul, whole, then, price)).toBeLessThanOrEqual(credit);
        expect(share(seoul, whole, start, price)).toBe(price);
      }),
    );
  });
});
