import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, refusal, type ApiResponse } from './errors.ts';
import type { Subject } from './faults.ts';
import { newTraceId } from './identifiers.ts';
import type { Call } from './operation.ts';
import type { Simulator } from './simulator.ts';

/** One request with its response, and what is known about it so far. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  call: Call;
  traceId: string;
  idempotencyKey: string | undefined;
  subject: Subject;
  at: number;
}

export function newExchange(simulator: Simulator, request: FastifyRequest, reply: FastifyReply): Exchange {
  const header = request.headers['idempotency-key'];
  return {
    request,
    reply,
    call: {
      params: request.params as Record<string, string>,
      query: request.query as Record<string, string>,
      body: request.body,
      secretKey: '',
      language: languageOf(request.headers['accept-language']),
      fault: undefined,
    },
    traceId: newTraceId(),
    // Only POST takes part: other methods are idempotent without a key (docs: authorization and headers).
    idempotencyKey: request.method === 'POST' && typeof header === 'string' ? header : undefined,
    subject: {},
    at: simulator.clock.now(),
  };
}

/** Sends the response once the transaction is committed. Reads wait too: a kill must not undo what they have shown. */
export function respond(simulator: Simulator, exchange: Exchange, response: ApiResponse): FastifyReply {
  const { reply, idempotencyKey, traceId, call } = exchange;
  log(simulator, exchange, response.status);
  simulator.store.whenCommitted((isCommitted) => {
    const { status, body } = isCommitted ? response : refusal('FAILED_INTERNAL_SYSTEM_PROCESSING', call.language);
    reply.code(status).header('x-tosspayments-trace-id', traceId);
    if (idempotencyKey !== undefined) reply.header('idempotency-key', idempotencyKey);
    if (body !== '') reply.header('content-type', 'application/json;charset=UTF-8');
    reply.send(body);
  });
  return reply;
}

/** Closes the connection without a response. */
export function drop(simulator: Simulator, exchange: Exchange): FastifyReply {
  log(simulator, exchange, null);
  exchange.reply.hijack();
  exchange.request.raw.socket.destroy();
  return exchange.reply;
}

function log(simulator: Simulator, exchange: Exchange, status: number | null): void {
  const { request, call, idempotencyKey, subject, at } = exchange;
  simulator.requests.add({
    at,
    method: request.method,
    path: request.url,
    idempotencyKey: idempotencyKey ?? null,
    body: request.body ?? null,
    status,
    fault: call.fault?.kind ?? null,
    orderId: subject.orderId,
    paymentKey: subject.paymentKey,
  });
}
