import { describe, expect, it } from '@jest/globals';
import { GAPS, nextTryAt, Pace } from './schedule.ts';

const now = new Date('2026-11-21T00:00:00Z');
const hours = (ms: number) => ms / 3_600_000;

describe('the schedule', () => {
  it('is ten tries in about three days, and then no more', () => {
    const gaps = Array.from({ length: 10 }, (_, tries) => nextTryAt(tries + 1, now, 0));
    expect(gaps.map((next) => next && next.getTime() - now.getTime())).toEqual([...GAPS, null]);
    expect(hours(GAPS.reduce((sum, gap) => sum + gap))).toBeCloseTo(75.6, 1);
    expect(GAPS.toSorted((a, b) => a - b)).toEqual(GAPS);
  });

  it('is spread by up to a tenth, and never early', () => {
    expect(nextTryAt(4, now, 0.5)!.getTime() - now.getTime()).toBe(126 * 60_000);
    expect(nextTryAt(4, now, 1)!.getTime() - now.getTime()).toBe(132 * 60_000);
  });
});

describe('the pace', () => {
  it('doubles to eight at once while all goes well', () => {
    const pace = new Pace();
    expect(Array.from({ length: 5 }, () => (pace.wentWell(), pace.atOnce))).toEqual([2, 4, 8, 8, 8]);
  });

  it('falls to one, with pauses of at most a minute, while the receiver fails, and starts again afterwards', () => {
    const pace = new Pace();
    pace.wentWell();
    const pauses = Array.from({ length: 8 }, () => (pace.wentBadly(now), pace.quietUntil!.getTime() - now.getTime()));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect([pace.atOnce, pace.isQuiet(now), pace.isQuiet(new Date(now.getTime() + 60_000))]).toEqual([1, true, false]);
    pace.wentWell();
    expect([pace.atOnce, pace.isQuiet(now)]).toEqual([2, false]);
  });
});
