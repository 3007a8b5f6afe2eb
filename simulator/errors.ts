import type { ZodError } from 'zod';
import table from './error-codes.json' with { type: 'json' };

/**
 * What a code means for the payment, by our reading of Toss's tables: B declined by buyer, card or bank; R retry later;
 * M wrong request or contract; A already done; X outcome unknown.
 */
export type ErrorClass = 'B' | 'R' | 'M' | 'A' | 'X';

export interface TossError {
  code: string;
  http: number;
  class: string;
  ko: string;
  en: string | null;
}

export type Language = 'ko' | 'en';

/** The body is text, because a replayed response must be byte-identical. */
export interface ApiResponse {
  status: number;
  body: string;
}

const own: TossError[] = [
  // The body of Toss's 429 is in no source: UNVERIFIED.
  {
    code: 'TOO_MANY_REQUESTS',
    http: 429,
    class: 'X',
    ko: '요청이 너무 많습니다. 잠시 후 다시 시도해주세요.',
    en: 'Too many requests.',
  },
];

const errors = new Map([...table, ...own].map((error) => [error.code, error]));

export function findError(code: string): TossError | undefined {
  return errors.get(code);
}

/** `en...` is English (docs: authorization and headers), everything else Korean. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return acceptLanguage?.toLowerCase().startsWith('en') ? 'en' : 'ko';
}

/** Codes without an English text in any source have the Korean one. */
export function messageOf(code: string, language: Language): string {
  const error = errors.get(code);
  return (language === 'en' ? error?.en : undefined) ?? error?.ko ?? code;
}

/**
 * `{code, message}` with Toss's own status for the code (docs: error codes).
 * A detail is appended as by Toss: `잘못된 요청입니다. - ...` (third-party captures).
 */
export function refusal(
  code: string,
  language: Language,
  more: { detail?: string; status?: number } = {},
): ApiResponse {
  const message = messageOf(code, language) + (more.detail === undefined ? '' : ` - ${more.detail}`);
  return { status: more.status ?? errors.get(code)?.http ?? 400, body: JSON.stringify({ code, message }) };
}

/** Names the first invalid field. */
export function invalidRequest({ issues: [issue] }: ZodError, language: Language): ApiResponse {
  return refusal('INVALID_REQUEST', language, { detail: issue?.path.join('.') || 'body' });
}

export function success(body: unknown): ApiResponse {
  return { status: 200, body: JSON.stringify(body) };
}
