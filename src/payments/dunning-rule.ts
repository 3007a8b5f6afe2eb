import { GRACE_DAYS } from '../subscriptions/index.ts';
import type { CardVerdict } from '../providers/toss/index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Days after the first decline at which the card is charged again. The grace ends with the last of them. */
const RETRY_DAYS = [1, 3, 5, GRACE_DAYS];

/** What a decline asks for: something of the card, or of us. */
export type Verdict =
  | CardVerdict
  /** Our keys are refused: nobody is charged before that is put right. */
  | 'keys_refused'
  /** The order id is used up, and the card was not asked: the next attempt is made under another one. */
  | 'another_order'
  /** The buyer stopped the charge; whatever they decided since goes on. */
  | 'stopped';

/** What is planned after a decline. */
export interface AfterDecline {
  /** null: the card is not charged again */
  nextChargeAt: Date | null;
  /** null: nothing was counted against the buyer */
  pastDueSince: Date | null;
  /** Until the midnight that follows, it stays usable. null: another attempt is planned */
  graceUntil: Date | null;
}

/**
 * What follows a declined renewal. Pure.
 *
 * Our own trouble is tried again every hour, and what ails one subscription alone once a day when it has lasted for a day; it is
 * never counted against the buyer.
 *
 * @param due.pastDueSince when the card was first declined for this period; null: this is the first time
 * @param due.dueAt the end of the period before
 */
export function afterDecline(
  verdict: Verdict,
  { pastDueSince, dueAt }: { pastDueSince: Date | null; dueAt: Date },
  now: Date,
): AfterDecline {
  const after = (ms: number) => ({ nextChargeAt: new Date(now.getTime() + ms), pastDueSince, graceUntil: null });
  if (verdict === 'stopped') return after(0);
  if (verdict === 'another_order') return after(MINUTE_MS);
  if (verdict === 'keys_refused') return after(HOUR_MS);
  if (verdict === 'our_trouble') return after(now.getTime() - dueAt.getTime() < DAY_MS ? HOUR_MS : DAY_MS);
  const since = pastDueSince ?? now;
  const inDays = (days: number) => new Date(since.getTime() + days * DAY_MS);
  const retry = verdict === 'later' ? RETRY_DAYS.map(inDays).find((at) => at > now) : undefined;
  if (retry) return { nextChargeAt: retry, pastDueSince: since, graceUntil: null };
  return { nextChargeAt: null, pastDueSince: since, graceUntil: inDays(GRACE_DAYS) };
}
