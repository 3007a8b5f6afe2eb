import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { v7 as uuid } from 'uuid';

interface RequestContext {
  /** Taken over from `X-Request-Id` or made; on every log line, in every answer. */
  requestId: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The caller's name for the request, if it gave one that fits into a log line; or a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : uuid();
}

/** The request that is being served, or the job that is running. */
export function currentRequestId(): string {
  return requestContext.getStore()?.requestId ?? 'none';
}
