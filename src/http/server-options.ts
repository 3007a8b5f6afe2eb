import type { FastifyServerOptions } from 'fastify';
import { longestRequestMs } from '../common/longest-request.ts';
import type { Settings } from '../config.ts';
import { answerClientError } from './client-errors.ts';
import { sendProblem } from './problem.filter.ts';

export const MAX_CONNECTIONS = 4_000;

/** From the first byte to the last of a request. */
const REQUEST_ARRIVES_WITHIN_MS = 30_000;
const HEADERS_ARRIVE_WITHIN_MS = 15_000;
const CHECK_INTERVAL_MS = 1_000;
/** A connection on which neither side writes; a job that an operator runs, or a long move of the sandbox's clock, is silent. */
const SILENCE_MS = 15 * 60_000;

/** What keeps slow and broken clients from holding connections, and makes every refusal of the server's a problem document. */
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
