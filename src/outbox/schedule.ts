import { HOUR, MINUTE, SECOND } from '../platform/time/duration.ts';

/** Delays after each failed try (Standard Webhooks' own schedule): ten tries in three days and three hours. */
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
 * When an event is tried again.
 *
 * @param tries how many have failed since it was written, or was last redelivered
 * @param chance between 0 and 1
 * @returns null once it is given up
 */
export function nextTryAt(tries: number, now: Date, chance: number): Date | null {
  const gap = GAPS[tries - 1];
  return gap === undefined ? null : new Date(now.getTime() + Math.round(gap * (1 + JITTER * chance)));
}

/** Most at once, over all that one instance sends. */
const MAX_CONCURRENCY = 8;
const PAUSE_MS = SECOND;
const MAX_PAUSE_MS = MINUTE;

/**
 * How fast the receiver is sent to, from what it last did. One in trouble gets one event at a time, less and less
 * often. When it is back, it does not get the whole backlog at once: twice as many each time it took everything.
 */
export class Pace {
  atOnce = 1;
  /** null: go on */
  quietUntil: Date | null = null;
  private troubles = 0;

  /** Whether the receiver gets a pause. A pause that is longer than any began before the sandbox's clock went back. */
  isQuiet(now: Date): boolean {
    const left = (this.quietUntil?.getTime() ?? 0) - now.getTime();
    return left > 0 && left <= MAX_PAUSE_MS;
  }

  wentWell(): void {
    this.troubles = 0;
    this.quietUntil = null;
    this.atOnce = Math.min(this.atOnce * 2, MAX_CONCURRENCY);
  }

  wentBadly(now: Date): void {
    this.quietUntil = new Date(now.getTime() + Math.min(PAUSE_MS * 2 ** Math.min(this.troubles, 10), MAX_PAUSE_MS));
    this.troubles++;
    this.atOnce = 1;
  }
}
