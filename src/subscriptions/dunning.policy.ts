const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Days after the first decline for which a subscription that is past due stays usable: as long as its card is retried.
 */
export const GRACE_DAYS = 7;

/** Days after the first decline at which the card is charged again. The grace ends with the last of them. */
const RETRY_DAYS = [1, 3, 5, GRACE_DAYS];

/** An operator decided that the provider took nothing. */
export const RESOLVED_NOT_PAID = 'RESOLVED_NOT_PAID';
/** The card on file cannot be decrypted. */
export const CARD_UNREADABLE = 'CARD_UNREADABLE';

/** What a decline means for the renewal. */
export type Verdict =
  /** A limit, a balance, a bank's night: the same card may be approved another day. */
  | 'later'
  /** The card will not be approved again. */
  | 'another_card'
  /** The buyer has nothing to do with it. */
  | 'our_fault'
  /** Our credentials are refused: no card is charged before that is put right. */
  | 'credentials_refused'
  /** The order id is used up, and the card was not charged: the next attempt is made under another one. */
  | 'another_order'
  /** The buyer stopped the charge; whatever they decided since applies. */
  | 'stopped';

/** A declined charge, as the provider explains it. */
export interface Decline {
  /** The provider's code, or ours. */
  code: string;
  /** The class of the code: `buyer` and `configuration` matter here. */
  reason: string;
  /** What else it says: `order_used_up`, `credentials_refused` and `method_unusable` matter here. null: nothing */
  hint: string | null;
  /** The number of the attempt under this order. */
  attempt: number;
}

/** What a declined renewal says of the card, or of the order that was used. */
export function verdictOf({ code, reason, hint, attempt }: Decline): Verdict {
  if (code === 'PAYMENT_STOPPED') return 'stopped';
  if (code === RESOLVED_NOT_PAID) return 'another_order';
  // Of an order that was requested before, it says that the order is used up. Of a new one, something else is wrong.
  if (hint === 'order_used_up') return attempt > 1 ? 'another_order' : 'our_fault';
  if (hint === 'credentials_refused') return 'credentials_refused';
  if (hint === 'method_unusable') return 'another_card';
  if (reason === 'configuration') return 'our_fault';
  return reason === 'buyer' ? 'another_card' : 'later';
}

/** What is planned after a decline. */
export interface DunningDecision {
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
 * What is our own fault is tried again every hour, and once a day when it has lasted for a day; it is never counted
 * against the buyer.
 *
 * @param due.pastDueSince when the card was first declined for this period; null: this is the first time
 * @param due.dueAt the end of the period before
 */
export function afterDecline(
  verdict: Verdict,
  { pastDueSince, dueAt }: { pastDueSince: Date | null; dueAt: Date },
  now: Date,
): DunningDecision {
  const after = (ms: number) => ({ nextChargeAt: new Date(now.getTime() + ms), pastDueSince, graceUntil: null });
  if (verdict === 'stopped') return after(0);
  if (verdict === 'another_order') return after(MINUTE_MS);
  if (verdict === 'credentials_refused') return after(HOUR_MS);
  if (verdict === 'our_fault') return after(now.getTime() - dueAt.getTime() < DAY_MS ? HOUR_MS : DAY_MS);
  const since = pastDueSince ?? now;
  const inDays = (days: number) => new Date(since.getTime() + days * DAY_MS);
  const retry = verdict === 'later' ? RETRY_DAYS.map(inDays).find((at) => at > now) : undefined;
  if (retry) return { nextChargeAt: retry, pastDueSince: since, graceUntil: null };
  return { nextChargeAt: null, pastDueSince: since, graceUntil: graceFrom(since) };
}

/** Whether a decline is counted against the buyer, who is notified. */
export const isCounted = (verdict: Verdict): boolean => verdict === 'later' || verdict === 'another_card';

/** How long a subscription stays usable that was first declined at an instant. */
export const graceFrom = (pastDueSince: Date): Date => new Date(pastDueSince.getTime() + GRACE_DAYS * DAY_MS);
