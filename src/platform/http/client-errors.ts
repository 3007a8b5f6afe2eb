import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { v7 as uuid } from 'uuid';
import { Problem, problemBody, type ProblemCode, PROBLEMS } from '../problem.ts';

const CODES: Partial<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
};

/** Answers a request that Node cannot parse, so that it never reaches Fastify. Its language is not known. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = new Problem(CODES[error.code] ?? 'MALFORMED_REQUEST');
  const { status, title } = PROBLEMS[problem.code];
  const requestId = uuid();
  const body = JSON.stringify(problemBody(problem, 'ko', requestId));
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
