import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { v7 as uuid } from 'uuid';

interface RequestContext {
  /** From `X-Request-Id` or generated; on every log line and in every response. */
  requestId: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The caller's `X-Request-Id` if it is valid, or a new id. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : uuid();
}

/** The id of the current request or job. */
export function currentRequestId(): string {
  return requestContext.getStore()?.requestId ?? 'none';
}
