import createClient from 'openapi-fetch';
import type { paths, Problem } from '../../../dist/api.d.ts';
import { deskOf, sessionOf, signOut } from '../session/session.ts';
import { language } from '../words/language.ts';

/** A refusal of the API's, in its words. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** No answer came, or none that the API would give: whether it did anything is not known. */
export class Unreachable extends Error {}

/** The API as its own description types it: a page that it has moved away from does not compile. */
export const api = createClient<paths>({ baseUrl: location.origin });

api.use({
  onRequest({ request }) {
    const desk = deskOf(location.pathname);
    const session = sessionOf(desk);
    if (session && !request.headers.has('Authorization'))
      request.headers.set('Authorization', `Bearer ${session.token}`);
    request.headers.set('Accept-Language', language());
    return request;
  },
  onResponse({ response }) {
    // The token has run out or was never good: the page asks to sign in again instead of showing the same refusal for ever.
    if (response.status === 401) signOut(deskOf(location.pathname));
  },
});

interface Asked<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was answered. @throws ApiProblem, Unreachable */
export async function answerOf<T>(asked: Promise<Asked<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    throw new Unreachable('unreachable', { cause });
  });
  if (response.ok) return data as T;
  if (typeof error !== 'object' || error === null || !('code' in error))
    throw new Unreachable(`${response.status} without a problem document`);
  throw new ApiProblem(error as Problem);
}

/** For an `Idempotency-Key`: also where a page was not reached over HTTPS and has no `crypto.randomUUID`. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export type * from '../../../dist/api.d.ts';
