import table from './error-codes.json' with { type: 'json' };

/**
 * What a code means for money (our reading of Toss's tables): B buyer, card or bank refused; R try later;
 * M the request or the contract is wrong; A already done; X outcome unknown.
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

/** What goes over the wire. The body is text already: a replayed answer must be byte-identical. */
export interface Answer {
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

/** `en...` asks for English (docs: authorization and headers); everything else is Korean. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return acceptLanguage?.toLowerCase().startsWith('en') ? 'en' : 'ko';
}

/** Codes without an English text in any source keep the Korean one. */
export function messageOf(code: string, language: Language): string {
  const error = errors.get(code);
  return (language === 'en' ? error?.en : undefined) ?? error?.ko ?? code;
}

/**
 * `{code, message}` with Toss's own status for the code (docs: error codes).
 * A detail is appended as Toss does: `잘못된 요청입니다. - ...` (third-party captures).
 */
export function refusal(code: string, language: Language, more: { detail?: string; status?: number } = {}): Answer {
  const message = messageOf(code, language) + (more.detail === undefined ? '' : ` - ${more.detail}`);
  return { status: more.status ?? errors.get(code)?.http ?? 400, body: JSON.stringify({ code, message }) };
}

export function success(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}
