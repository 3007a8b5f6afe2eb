import type { FastifyServerOptions } from 'fastify';
import { longestRequestMs } from './longest-request.ts';
import type { Settings } from '../../config.ts';
import { answerClientError } from './client-errors.ts';
import { sendProblem } from './problem.filter.ts';

export const MAX_CONNECTIONS = 4_000;

/** Time limits for receiving a request. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 15_000;
const CHECK_INTERVAL_MS = 1_000;
/**
 * Of a connection without traffic. A job run by an operator, or a move of the sandbox clock, answers only at its end.
 */
const IDLE_TIMEOUT_MS = 15 * 60_000;

/** Limits slow clients, and answers errors of the server itself as problem documents. */
export function serverOptions(settings: Settings) {
  return {
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: Math.max(IDLE_TIMEOUT_MS, longestRequestMs(settings)),
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      // host.ts refuses a missing Host with a problem document.
      requireHostHeader: false,
    },
    // Requests that arrive while the process stops are served; the answer closes their connection.
    return503OnClosing: false,
    // Errors of the router, before any hook.
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    clientErrorHandler: answerClientError,
  } satisfies FastifyServerOptions & { http: object };
}
