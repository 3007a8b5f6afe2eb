import type { CodeMeaning, Hint } from '../provider.port.ts';
import { classOf, koreanReason } from './error-class.ts';

const CODES: Partial<Record<Hint, readonly string[]>> = {
  // Whatever was requested (docs: using-api/authorization).
  credentials_refused: ['UNAUTHORIZED_KEY', 'INVALID_API_KEY', 'INCORRECT_BASIC_AUTH_FORMAT'],
  method_unusable: [
    // What the card company will not decide otherwise.
    'INVALID_CARD_LOST_OR_STOLEN',
    'INVALID_STOPPED_CARD',
    'REJECT_TOSSPAY_INVALID_ACCOUNT',
    // Classified as configuration, and yet about one billing key: Toss no longer knows it, or not for this customer.
    'INVALID_BILL_KEY_REQUEST',
    'NOT_MATCHES_CUSTOMER_KEY',
    'NOT_FOUND_BILLING',
    'INVALID_BILLING_AUTH',
    'INVALID_BILLING_KEY',
    'NOT_FOUND_BILLING_KEY',
    'ALREADY_REMOVED_BILLING_KEY',
  ],
  // An order id that was requested before, although Toss shows no money for it.
  order_used_up: ['DUPLICATED_ORDER_ID', 'ALREADY_PROCESSED_PAYMENT'],
  needs_new_key: ['FORBIDDEN_CONSECUTIVE_REQUEST', 'NOT_MATCHES_REFUNDABLE_AMOUNT'],
  // Server errors that speak of this refund (a bank that is down, an account that was closed), not of Toss.
  bank_unable: ['FAILED_REFUND_PROCESS', 'FAILED_PARTIAL_REFUND', 'FAILED_METHOD_HANDLING_CANCEL'],
  in_progress: ['IDEMPOTENT_REQUEST_PROCESSING'],
  // The client's own.
  no_answer: ['NO_ANSWER', 'NOT_SENT'],
  timed_out: ['ANSWER_TIMEOUT'],
  other_payment: ['ANSWER_FOR_ANOTHER_PAYMENT'],
};

const hints = new Map(
  Object.entries(CODES).flatMap(([hint, codes]) => codes.map((code): [string, Hint] => [code, hint as Hint])),
);

/** What a code says beside its class. undefined: nothing */
export function hintOf(code: string): Hint | undefined {
  return hints.get(code) ?? (code.startsWith('STILL_') ? 'still_open' : undefined);
}

/** What a code of Toss's, or one of the client's own, means for the engine. */
export function explain(code: string): CodeMeaning {
  return { reason: classOf(code), hint: hintOf(code) ?? null, message: koreanReason(code) ?? null };
}
