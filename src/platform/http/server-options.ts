import type { FastifyServerOptions } from 'fastify';
import { longestRequestMs } from './longest-request.ts';
import type { Settings } from '../../config.ts';
import { answerClientError } from './client-errors.ts';
import { sendProblem } from './problem.filter.ts';

export const MAX_CONNECTIONS = 4_000;

/** From the first byte to the last of a request. */
const REQUEST_ARRIVES_WITHIN_MS = 30_000;
const HEADERS_ARRIVE_WITHIN_MS = 15_000;
const CHECK_INTERVAL_MS = 1_000;
/** On a connection. A job that an operator runs is silent until it ends, and so is a move of the sandbox's clock. */
const SILENCE_MS = 15 * 60_000;

/** No slow client holds a connection for ever, and what the server itself refuses is a problem document too. */
export function serverOptions(settings: Settings) {
  return {
    requestTimeout: REQUEST_ARRIVES_WITHIN_MS,
    connectionTimeout: Math.max(SILENCE_MS, longestRequestMs(settings)),
    http: {
      headersTimeout: HEADERS_ARRIVE_WITHIN_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      // host.ts refuses it, with a problem document.
      requireHostHeader: false,
    },
    // Requests that still come while we stop are served; the answer closes their connection.
    return503OnClosing: false,
    // Raised by the router, before any hook.
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    clientErrorHandler: answerClientError,
  } satisfies FastifyServerOptions & { http: object };
}
