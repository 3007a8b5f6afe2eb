import { AsyncLocalStorage } from 'node:async_hooks';

interface RequestContext {
  /** Taken over from `X-Request-Id` or made; on every log line, in every answer. */
  requestId: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The request that is being served, or the job that is running. */
export function currentRequestId(): string {
  return requestContext.getStore()?.requestId ?? 'none';
}
