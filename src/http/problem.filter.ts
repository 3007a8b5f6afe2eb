import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Prisma, sqlState } from '../db/index.ts';
import { languageOf, Problem, problemBody, type ProblemCode, PROBLEMS } from '../common/problem.ts';
import { currentRequestId } from '../common/request-context.ts';

/** What NestJS and Fastify refuse by themselves, before our code runs. */
const BY_STATUS: Record<number, ProblemCode> = {
  400: 'MALFORMED_REQUEST',
  404: 'NOT_FOUND',
  405: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'MALFORMED_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'MALFORMED_REQUEST',
};

/** When to try again, where the problem does not say it by itself. */
const RETRY_AFTER_SECONDS: Record<number, number> = { 429: 60, 503: 5 };

/** Codes of Prisma's and of sockets that say: there is no database to talk to. */
const UNREACHABLE = /^(P1001|P1002|P1003|P1008|P1017|P2024|ECONNREFUSED|ECONNRESET|ENOTFOUND|57P0[123]|53300|3D000|55000)$/;
/** PostgreSQL cannot hold a NUL character, or half of a surrogate pair, in a text. */
const UNWRITABLE_TEXT = new Set(['22021', '22P05']);

/** The last stop of every error: named refusals as they are, defects as a 500 that tells nothing of the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = problemOf(error);
    const { status } = PROBLEMS[problem.code];
    if (status >= 500 && !(error instanceof Problem)) {
      this.log.error({ message: 'a request failed', code: problem.code, method: request.method, path: request.url.split('?')[0], error: (error as Error).stack });
    } else if (problem.code === 'PROVIDER_MISCONFIGURED') {
      this.log.error({ message: 'Toss refuses our key: no payment can be taken', code: problem.code });
    }
    const reply = http.getResponse<FastifyReply>();
    const seconds = RETRY_AFTER_SECONDS[status];
    if (seconds !== undefined) reply.header('Retry-After', String(seconds));
    void reply
      .status(status)
      .headers(problem.headers)
      .header('Content-Type', 'application/problem+json; charset=utf-8')
      .send(problemBody(problem, languageOf(request.headers['accept-language']), currentRequestId()));
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { statusCode } = error as { statusCode?: number };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  if (status !== undefined && BY_STATUS[status]) return new Problem(BY_STATUS[status]);
  const state = sqlState(error) ?? (error as { code?: string }).code;
  if (state && UNWRITABLE_TEXT.has(state)) return new Problem('MALFORMED_REQUEST');
  if ((state && UNREACHABLE.test(state)) || error instanceof Prisma.PrismaClientInitializationError) return new Problem('DATABASE_UNAVAILABLE');
  return new Problem('INTERNAL_ERROR');
}
