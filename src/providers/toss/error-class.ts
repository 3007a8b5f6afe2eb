import type { DeclineReason } from '../provider.port.ts';
import table from './error-codes.json' with { type: 'json' };

/**
 * What a code of Toss's means for us. Decided by the code alone: neither the HTTP status (PROVIDER_ERROR is a 400 and
 * passes, REFUND_REJECTED is a 400 and final) nor the message (it changes without notice) is a guide.
 */
export type ErrorClass = DeclineReason;

const letters = { B: 'buyer', R: 'retry', M: 'configuration', A: 'done', X: 'unknown' } as const;

/** Of the codes for which the buyer must do something else, those in which the bank or the card company decided. */
const DECLINED_BY_BANK = /^(REJECT_|EXCEED_MAX_|EXCEEDS_)/;
const ALSO_DECLINED_BY_BANK = new Set([
  'FDS_ERROR',
  'INVALID_REJECT_CARD',
  'INVALID_STOPPED_CARD',
  'INVALID_CARD_LOST_OR_STOLEN',
  'NOT_AVAILABLE_PAYMENT',
  'RESTRICTED_TRANSFER_ACCOUNT',
  'FORBIDDEN_BANK_REFUND_REQUEST',
]);

const isDeclinedByBank = (code: string) => DECLINED_BY_BANK.test(code) || ALSO_DECLINED_BY_BANK.has(code);

const classes = new Map(
  table.map(({ code, class: letter, http }): [string, ErrorClass] => {
    if (http >= 500) return [code, 'unknown'];
    if (letter === 'B' && isDeclinedByBank(code)) return [code, 'declined'];
    return [code, letters[letter as keyof typeof letters]];
  }),
);

/** The class of a documented code; a code that no page of Toss's names is unknown. */
export function classOf(code: string): ErrorClass {
  return classes.get(code) ?? 'unknown';
}

/** Whether any page of Toss's names the code. */
export function isDocumented(code: string): boolean {
  return classes.has(code);
}

const korean = new Map(table.map(({ code, ko }) => [code, ko]));

/** Toss's Korean sentence for a documented code. */
export function koreanReason(code: string): string | undefined {
  return korean.get(code) ?? undefined;
}
