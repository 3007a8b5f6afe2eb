import { HOUR, MINUTE, SECOND } from '../platform/time/duration.ts';

/** How long after each failed try the next one comes (Standard Webhooks' own schedule): ten tries in three days and three hours. */
export const GAPS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** What failed together must not come back together. */
const JITTER = 0.1;

/**
 * When a message is tried again.
 *
 * @param tries how many have failed since it was written, or was last redelivered
 * @param chance between 0 and 1
 * @returns null once it is given up
 */
export function nextTryAt(tries: number, now: Date, chance: number): Date | null {
  const gap = GAPS[tries - 1];
  return gap === undefined ? null : new Date(now.getTime() + Math.round(gap * (1 + JITTER * chance)));
}

/** Most at once, over all that one program sends. */
const AT_ONCE_AT_MOST = 8;
const PAUSE = SECOND;
const PAUSE_AT_MOST = MINUTE;

/**
 * How fast the receiver is sent to, from what it last did. One in trouble is asked one thing at a time, less and less often; when
 * it is back, it is not met by all that has gathered: twice as many at once each time it took everything.
 */
export class Pace {
  atOnce = 1;
  /** null: go on */
  quietUntil: Date | null = null;
  private troubles = 0;

  isQuiet(now: Date): boolean {
    return this.quietUntil !== null && this.quietUntil > now;
  }

  wentWell(): void {
    this.troubles = 0;
    this.quietUntil = null;
    this.atOnce = Math.min(this.atOnce * 2, AT_ONCE_AT_MOST);
  }

  wentBadly(now: Date): void {
    this.quietUntil = new Date(now.getTime() + Math.min(PAUSE * 2 ** Math.min(this.troubles, 10), PAUSE_AT_MOST));
    this.troubles++;
    this.atOnce = 1;
  }
}
