import createClient from 'openapi-fetch';
import type { paths, Problem } from '../../../dist/api.d.ts';
import { areaOf, sessionOf, signOut } from '../session/session.ts';
import { language } from '../words/language.ts';

export type * from '../../../dist/api.d.ts';

/** The payment history of one order, by its route: the name of the schema is not part of the API's contract. */
export type PaymentHistory =
  paths['/v1/payments/{orderId}/story']['get']['responses'][200]['content']['application/json'];
export type OutgoingEvent =
  paths['/v1/messages']['get']['responses'][200]['content']['application/json']['data'][number];
export type DailyFigures =
  paths['/v1/operations/daily-figures']['get']['responses'][200]['content']['application/json']['data'][number];

/** A problem document that the API answered with. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** No response, or one that is not from the API: it is unknown whether the request had an effect. */
export class Unreachable extends Error {}

/** Typed by the API's own description: a page that no longer fits the API does not compile. */
export const api = createClient<paths>({ baseUrl: location.origin });

api.use({
  onRequest({ request }) {
    const session = sessionOf(areaOf(location.pathname));
    if (session && !request.headers.has('Authorization'))
      request.headers.set('Authorization', `Bearer ${session.token}`);
    request.headers.set('Accept-Language', language());
    return request;
  },
  onResponse({ response }) {
    // The token is expired or invalid: the page shows the sign-in form instead of the same error for ever.
    if (response.status === 401) signOut(areaOf(location.pathname));
  },
});

interface FetchResult<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful response. @throws ApiProblem, Unreachable */
export async function resultOf<T>(request: Promise<FetchResult<T>>): Promise<T> {
  const { data, error, response } = await request.catch((cause: unknown) => {
    throw new Unreachable('unreachable', { cause });
  });
  if (response.ok) return data as T;
  if (typeof error !== 'object' || error === null || !('code' in error))
    throw new Unreachable(`${response.status} without a problem document`);
  throw new ApiProblem(error as Problem);
}

/** A value for `Idempotency-Key`. `crypto.randomUUID` exists only on pages that came over HTTPS. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
