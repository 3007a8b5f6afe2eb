import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { nextPeriod, type Term } from './billing-period.ts';

const seoul = new BusinessCalendar({ timeZone: 'Asia/Seoul' });
const at = (text: string) => new Date(`${text}+09:00`);

describe('the next period', () => {
  it.each([
    ['a plain month', '2026-03-15T10:00:00', 1, '2026-04-15T10:00:00'],
    ['31 January ends on 28 February', '2026-01-31T12:00:00', 1, '2026-02-28T12:00:00'],
    ['31 January in a leap year ends on 29 February', '2028-01-31T12:00:00', 1, '2028-02-29T12:00:00'],
    ['29 February and twelve months', '2028-02-29T12:00:00', 12, '2029-02-28T12:00:00'],
    [
      'half past midnight in Seoul is that day, though UTC has the day before',
      '2026-03-01T00:30:00',
      1,
      '2026-04-01T00:30:00',
    ],
    ['one second before midnight', '2026-05-31T23:59:59', 1, '2026-06-30T23:59:59'],
    ['over New Year', '2026-12-31T09:00:00', 2, '2027-02-28T09:00:00'],
  ])('%s', (_, start, months, end) => {
    const period = nextPeriod(seoul, null, at(start), months);
    expect(period.startsAt).toEqual(at(start));
    expect(period.endsAt).toEqual(at(end));
  });

  it('counts from the anchor, never from the end before: 31 January, 28 February, 31 March', () => {
    const ends: string[] = [];
    let term: Term | null = null;
    for (let purchase = 0; purchase < 4; purchase++) {
      term = nextPeriod(seoul, term, at('2026-01-31T12:00:00'), 1);
      ends.push(seoul.day(term.endDate));
    }
    expect(ends).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  });

  it('leaves no gap and no overlap, whatever is bought', () => {
    const start = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        start,
        fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 12 }),
        (now, purchases) => {
          let term: Term | null = null;
          for (const months of purchases) {
            const period = nextPeriod(seoul, term, now, months);
            expect(period.startsAt).toEqual(term?.endDate ?? now);
            expect(period.endsAt.getTime()).toBeGreaterThan(period.startsAt.getTime());
            term = period;
          }
          const bought = purchases.reduce((sum, months) => sum + months, 0);
          expect(term!.endDate).toEqual(seoul.addMonths(now, bought));
        },
      ),
    );
  });
});
