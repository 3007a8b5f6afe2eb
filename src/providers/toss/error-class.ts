import table from './error-codes.json' with { type: 'json' };

/**
 * What a code of Toss's means for us. Decided by the code alone: neither the HTTP status (PROVIDER_ERROR is a 400 and
 * passes, REFUND_REJECTED is a 400 and final) nor the message (it changes without notice) is a guide.
 */
export type ErrorClass =
  /** The bank or the card company said no. Nothing was taken. */
  | 'declined'
  /** The buyer's data, card or session is at fault. Nothing was taken. */
  | 'buyer'
  /** Refused for the moment, nothing was done; the same request may be sent again later. */
  | 'retry'
  /** Our key, our contract or our request is at fault. Nothing was taken. */
  | 'configuration'
  /** Already done, or in conflict with what was done: the payment itself tells. */
  | 'done'
  /** Nobody knows. Go and look. */
  | 'unknown';

const letters = { B: 'buyer', R: 'retry', M: 'configuration', A: 'done', X: 'unknown' } as const;

/** Of the codes for which the buyer must do something else, those in which the bank or the card company decided. */
const DECLINED_BY_BANK =
  /^(REJECT_|EXCEED_MAX_|EXCEEDS_|FDS_ERROR$|INVALID_REJECT_CARD$|INVALID_STOPPED_CARD$|INVALID_CARD_LOST_OR_STOLEN$|NOT_AVAILABLE_PAYMENT$|RESTRICTED_TRANSFER_ACCOUNT$|FORBIDDEN_BANK_REFUND_REQUEST$)/;

const classes = new Map(
  table.map(({ code, class: letter, http }): [string, ErrorClass] => {
    if (http >= 500) return [code, 'unknown'];
    if (letter === 'B' && DECLINED_BY_BANK.test(code)) return [code, 'declined'];
    return [code, letters[letter as keyof typeof letters]];
  }),
);

/** The class of a documented code; a code that no page of Toss's names is unknown. */
export function classOf(code: string): ErrorClass {
  return classes.get(code) ?? 'unknown';
}

/** What a no to a charge says about the card on file. */
export type CardVerdict =
  /** A limit, a balance, a bank's night, or nobody knows: the same card may say yes another day. */
  | 'later'
  /** Stolen, lost, stopped, run out, not what it was: it will not say yes again. */
  | 'another_card'
  /** The buyer has nothing to do with it. */
  | 'our_trouble';

/** Of what the card company decides, what it will not decide otherwise. */
const CARD_IS_GONE = new Set(['INVALID_CARD_LOST_OR_STOLEN', 'INVALID_STOPPED_CARD', 'REJECT_TOSSPAY_INVALID_ACCOUNT']);

/** Classified as configuration, and yet they speak of one billing key: the provider no longer knows it, or not for this customer. */
const BILLING_KEY_IS_GONE = new Set([
  'INVALID_BILL_KEY_REQUEST',
  'NOT_MATCHES_CUSTOMER_KEY',
  'NOT_FOUND_BILLING',
  'INVALID_BILLING_AUTH',
  'INVALID_BILLING_KEY',
  'NOT_FOUND_BILLING_KEY',
]);

/** By Toss's code, never by its HTTP status. */
export function cardVerdictOf(code: string, errorClass: ErrorClass): CardVerdict {
  if (BILLING_KEY_IS_GONE.has(code)) return 'another_card';
  if (errorClass === 'configuration') return 'our_trouble';
  return errorClass === 'buyer' || CARD_IS_GONE.has(code) ? 'another_card' : 'later';
}

/** Whether any page of Toss's names the code. */
export function isDocumented(code: string): boolean {
  return classes.has(code);
}

/** Codes with which Toss refuses our key as such, whatever was asked (docs: using-api/authorization). */
const KEY_REFUSED = new Set(['UNAUTHORIZED_KEY', 'INVALID_API_KEY', 'INCORRECT_BASIC_AUTH_FORMAT']);

export function refusesOurKey(code: string): boolean {
  return KEY_REFUSED.has(code);
}

const korean = new Map(table.map(({ code, ko }) => [code, ko]));

/** Toss's Korean sentence for a documented code. */
export function koreanReason(code: string): string | undefined {
  return korean.get(code) ?? undefined;
}
