import type { CardVerdict } from '../toss/index.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days after the first no at which the card is tried again. The grace ends with the last of them. */
const RETRY_DAYS = [1, 3, 5, 7];
const GRACE_DAYS = 7;
/** Our key or our contract is at fault: nothing the buyer could do, and soon mended. */
const OUR_TROUBLE_MS = HOUR_MS;

/** What is planned after a no. */
export interface AfterDecline {
  /** null: the card is not tried again */
  nextChargeAt: Date | null;
  /** null: nothing was counted against the buyer */
  pastDueSince: Date | null;
  /** Until the midnight that follows, it stays usable. null: another try is planned */
  graceUntil: Date | null;
}

/** Pure. @param pastDueSince when the card first said no for this period; null: this is the first time */
export function afterDecline(verdict: CardVerdict, pastDueSince: Date | null, now: Date): AfterDecline {
  if (verdict === 'our_trouble') return { nextChargeAt: new Date(now.getTime() + OUR_TROUBLE_MS), pastDueSince, graceUntil: null };
  const since = pastDueSince ?? now;
  const inDays = (days: number) => new Date(since.getTime() + days * DAY_MS);
  const retry = verdict === 'later' ? RETRY_DAYS.map(inDays).find((at) => at > now) : undefined;
  if (retry) return { nextChargeAt: retry, pastDueSince: since, graceUntil: null };
  return { nextChargeAt: null, pastDueSince: since, graceUntil: inDays(GRACE_DAYS) };
}
