import { Catch, ForbiddenException, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnreachable, sqlState } from '../database/index.ts';
import { languageOf, Problem, problemBody, type ProblemCode, PROBLEMS } from '../problem.ts';
import { requestContext, requestIdOf } from '../logging/request-context.ts';

/** Errors of NestJS, Fastify and its plugins. Any other status below 500 is a malformed request. */
const BY_STATUS: Record<number, ProblemCode> = {
  // Static files outside the served folder.
  403: 'NOT_FOUND',
  404: 'NOT_FOUND',
  405: 'NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
};

/** Seconds of Retry-After. */
const RETRY_AFTER_SECONDS: Record<number, number> = { 429: 60, 503: 5 };

/** A NUL character or an unpaired surrogate, which PostgreSQL cannot store in a text. */
const UNWRITABLE_TEXT = new Set(['22021', '22P05']);

const log = new Logger('http');

/** Answers every error: a Problem as it is, a defect as a 500 without internal details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Answers an error, also one from before the request had an id. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  const { status } = PROBLEMS[problem.code];
  const path = request.url.split('?')[0];
  if (status >= 500 && !(error instanceof Problem)) {
    const { code } = problem;
    log.error({ message: 'a request failed', code, method: request.method, path, error: (error as Error).stack });
  } else if (problem.code === 'PROVIDER_MISCONFIGURED') {
    log.error({ message: 'Toss rejects our key: no payment can be made', code: problem.code });
  }
  const requestId = requestContext.getStore()?.requestId ?? requestIdOf(request.headers);
  const seconds = RETRY_AFTER_SECONDS[status];
  if (seconds !== undefined) reply.header('Retry-After', String(seconds));
  void reply
    .status(status)
    .headers(problem.headers)
    .header('X-Request-Id', requestId)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemBody(problem, languageOf(request.headers['accept-language']), requestId)));
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { statusCode } = error as { statusCode?: number };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  // Thrown only by the sandbox's protection against foreign pages (host.ts).
  if (error instanceof ForbiddenException) return new Problem('ORIGIN_NOT_ALLOWED');
  const isRefusal = status !== undefined && status >= 400 && status < 500;
  if (isRefusal) return new Problem(BY_STATUS[status] ?? 'MALFORMED_REQUEST');
  if (UNWRITABLE_TEXT.has(sqlState(error) ?? '')) return new Problem('MALFORMED_REQUEST');
  if (isUnreachable(error)) return new Problem('DATABASE_UNAVAILABLE');
  return new Problem('INTERNAL_ERROR');
}
