import { PRODUCT_PROBLEMS } from '../problem-codes.ts';
import { PLATFORM_PROBLEMS, type ProblemKind } from './problem-kinds.ts';

/** Every code the API can answer. `/docs` and `/problems` list them from here. */
export const PROBLEMS = { ...PLATFORM_PROBLEMS, ...PRODUCT_PROBLEMS };

export type ProblemCode = keyof typeof PROBLEMS;

interface Extras {
  /** Of a validation error: each invalid value. */
  errors?: { path: string; message: string }[];
  /** Of REFUND_WINDOW_CLOSED. */
  refundWindowDays?: number;
  /** Toss's own code and message, when Toss declined. */
  toss?: { code: string; message: string };
}

/** Thrown to refuse a request; the filter turns it into `application/problem+json`. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly extras: Extras = {},
    /** Sent with the answer, for example `WWW-Authenticate`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
  }
}

export type Language = 'ko' | 'en';

/** Korean, unless the caller prefers English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const [first] = (acceptLanguage ?? '').split(',');
  return first?.trim().toLowerCase().startsWith('en') ? 'en' : 'ko';
}

type Values = Pick<Extras, 'refundWindowDays'>;

/** The sentence of a code, with the values of the occurrence filled in: `{refundWindowDays}`. */
export function sentenceOf(code: ProblemCode, language: Language, values: Values = {}): string {
  return PROBLEMS[code][language].replaceAll('{refundWindowDays}', String(values.refundWindowDays ?? ''));
}

/** Codes with their kinds, ordered by status for lists that people read. */
export const problemsByStatus = () =>
  (Object.entries(PROBLEMS) as [ProblemCode, ProblemKind][]).toSorted(([, a], [, b]) => a.status - b.status);

/** The body of RFC 9457. `type` is the path of a page that explains the code; `message` repeats `detail`. */
export function problemBody(problem: Problem, language: Language, requestId: string) {
  const { title, status } = PROBLEMS[problem.code];
  const detail = sentenceOf(problem.code, language, problem.extras);
  return {
    type: `/problems/${problem.code}`,
    title,
    status,
    detail,
    message: detail,
    code: problem.code,
    requestId,
    ...problem.extras,
  };
}
