import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { wrongIdempotencyHeader } from './auth.ts';
import { findError, languageOf, refusal, type Answer, type Language } from './errors.ts';
import { AFTER, type Fault, type FaultPoint, type Subject } from './faults.ts';
import { MAX_KEY_LENGTH } from './idempotency.ts';
import { newTraceId } from './identifiers.ts';
import type { Simulator } from './simulator.ts';

/** One request, as an operation sees it. */
export interface Call {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
  secretKey: string;
  language: Language;
  fault: Fault | undefined;
}

/** One endpoint of Toss's API. `run` is synchronous and runs inside one transaction together with its idempotency record. */
export interface Operation {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  on: FaultPoint;
  /** Which order and payment the request is about: faults and the request log go by them. */
  subject(call: Call): Subject;
  run(call: Call): Answer;
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  call: Call;
  traceId: string;
  key: string | undefined;
  subject: Subject;
  at: number;
}

const BROKEN_BODY = '{"mId":"tgen_simul","version":"2022-11-16","paymentKey":"tgen_';

export function serveOperation(app: FastifyInstance, simulator: Simulator, operation: Operation): void {
  app.route({
    method: operation.method,
    url: operation.path,
    handler: (request, reply) => {
      const exchange = begin(simulator, request, reply);
      const refused = refuseEarly(simulator, operation, exchange);
      if (!refused) return work(simulator, operation, exchange);
      answer(simulator, exchange, refused);
      return undefined;
    },
  });
}

function begin(simulator: Simulator, request: FastifyRequest, reply: FastifyReply): Exchange {
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
    // Only POST takes part; other methods are idempotent by themselves (docs: authorization and headers).
    key: request.method === 'POST' && typeof header === 'string' ? header : undefined,
    subject: {},
    at: simulator.clock.now(),
  };
}

/** Everything that is refused before the request means anything. None of it is stored under an idempotency key. */
function refuseEarly(simulator: Simulator, operation: Operation, exchange: Exchange): Answer | undefined {
  const { call, request } = exchange;
  const wrong = wrongIdempotencyHeader(request.headers);
  if (wrong) {
    const message = `"${wrong}" is not a header of Toss: the name is "Idempotency-Key". Toss would ignore it and charge twice.`;
    return { status: 400, body: JSON.stringify({ code: 'SIMULATOR_WRONG_HEADER', message }) };
  }
  const authentication = simulator.authenticator.read(request.headers.authorization);
  if ('code' in authentication) return refusal(authentication.code, call.language);
  call.secretKey = authentication.secretKey;
  exchange.subject = operation.subject(call);
  if (simulator.rateLimit.exceeds(call.secretKey, `${operation.method} ${operation.path}`, exchange.at)) {
    return refusal('TOO_MANY_REQUESTS', call.language);
  }
  // Test keys only; read before the payment key and on every try, stored answer or not (docs: environment; measured).
  const testCode = request.headers['tosspayments-test-code'];
  if (typeof testCode === 'string' && call.secretKey.startsWith('test_')) {
    return refusal(findError(testCode) ? testCode : 'INVALID_TEST_CODE', call.language);
  }
  if (exchange.key !== undefined && exchange.key.length > MAX_KEY_LENGTH) {
    exchange.key = undefined;
    return refusal('INVALID_IDEMPOTENCY_KEY', call.language);
  }
  return undefined;
}

function work(simulator: Simulator, operation: Operation, exchange: Exchange): Promise<FastifyReply> | undefined {
  const { call, request, key } = exchange;
  const { idempotency, faults } = simulator;
  const scope = key === undefined ? undefined : idempotency.scope(request.method, request.url, call.secretKey, key);
  if (scope && idempotency.running.has(scope)) {
    answer(simulator, exchange, refusal('IDEMPOTENT_REQUEST_PROCESSING', call.language));
    return undefined;
  }
  const stored = scope ? idempotency.find(scope, exchange.at) : undefined;
  const fault = faults.take(operation.on, exchange.subject, stored !== undefined);
  call.fault = fault;
  if (stored) exchange.traceId += `, ${stored.traceId}`;
  if (!fault) answer(simulator, exchange, stored ?? perform(simulator, operation, exchange, scope));
  else if (fault.kind === 'drop_before') drop(simulator, exchange);
  else return suffer(simulator, operation, exchange, fault, scope, stored);
  return undefined;
}

/** Nothing is done and something is said; or the work is done and the answer comes late, broken or never. */
async function suffer(
  simulator: Simulator,
  operation: Operation,
  exchange: Exchange,
  fault: Fault,
  scope: string | undefined,
  stored: Answer | undefined,
): Promise<FastifyReply> {
  const { running } = simulator.idempotency;
  const instead = answerInstead(fault, exchange.call.language);
  if (instead) {
    if (scope && !stored && instead.status >= 500 && simulator.options.replay5xx) {
      simulator.idempotency.keep(scope, instead, exchange.traceId, exchange.at);
    }
    return answer(simulator, exchange, instead);
  }
  if (scope) running.add(scope);
  try {
    if (fault.kind === 'slow' && !(await wait(simulator, fault))) return drop(simulator, exchange);
    const done = stored ?? perform(simulator, operation, exchange, scope);
    if (fault.kind === 'drop_after' || (fault.kind === 'slow_after' && !(await wait(simulator, fault))))
      return drop(simulator, exchange);
    if (fault.kind === 'garbage') return answer(simulator, exchange, { status: 200, body: BROKEN_BODY });
    return answer(
      simulator,
      exchange,
      fault.kind === 'error_after' ? serverError(fault, exchange.call.language) : done,
    );
  } finally {
    if (scope) running.delete(scope);
  }
}

/** false: the simulator is shutting down, there is nobody left to answer. */
async function wait({ closing: { signal } }: Simulator, { delayMs = 1000 }: Fault): Promise<boolean> {
  return delay(delayMs, true, { signal, ref: false }).catch(() => false);
}

/** Runs the operation and writes what it did and what a repetition will be told, in one transaction. */
function perform(simulator: Simulator, operation: Operation, exchange: Exchange, scope: string | undefined): Answer {
  const { call } = exchange;
  const outcome = (): Answer => refusedByFault(call, operation.on) ?? operation.run(call);
  if (operation.method === 'GET') return outcome();
  return simulator.store.join(() => {
    const done = outcome();
    if (scope === undefined) return done;
    const told =
      call.fault?.kind === 'error_after' && !call.fault.keepAnswer ? serverError(call.fault, call.language) : done;
    if (told.status < 500 || simulator.options.replay5xx) {
      simulator.idempotency.keep(scope, told, exchange.traceId, simulator.clock.now());
    }
    return done;
  });
}

/** `refuse` never touches the payment; `decline` is carried out by the calls that ask a bank. */
function refusedByFault({ fault, language }: Call, on: FaultPoint): Answer | undefined {
  if (fault?.kind === 'refuse') return refusal(fault.code ?? 'FORBIDDEN_REQUEST', language, fault);
  if (fault?.kind === 'decline' && on !== 'confirm' && on !== 'billing') {
    return refusal(fault.code ?? (on === 'cancel' ? 'NOT_CANCELABLE_PAYMENT' : 'REJECT_CARD_COMPANY'), language, fault);
  }
  return undefined;
}

function answerInstead(fault: Fault, language: Language): Answer | undefined {
  if ((AFTER as readonly string[]).includes(fault.kind)) return undefined;
  if (fault.kind === 'error_before') return serverError(fault, language);
  if (fault.kind === 'garbage_before') return { status: 200, body: BROKEN_BODY };
  if (fault.kind === 'in_progress') return refusal('IDEMPOTENT_REQUEST_PROCESSING', language);
  if (fault.kind === 'rate_limited') return refusal('TOO_MANY_REQUESTS', language);
  if (fault.kind === 'unauthorized') return refusal('UNAUTHORIZED_KEY', language);
  if (fault.kind === 'not_found_lag') return refusal('NOT_FOUND_PAYMENT', language);
  return undefined;
}

function serverError(fault: Fault, language: Language): Answer {
  const code = fault.code ?? 'FAILED_INTERNAL_SYSTEM_PROCESSING';
  return refusal(code, language, { status: fault.status ?? Math.max(500, findError(code)?.http ?? 500) });
}

function answer(simulator: Simulator, exchange: Exchange, told: Answer): FastifyReply {
  const { reply, key } = exchange;
  log(simulator, exchange, told.status);
  // Reads wait too: what they tell must not be lost to a kill a moment later.
  simulator.store.committed((kept) => {
    const { status, body } = kept ? told : refusal('FAILED_INTERNAL_SYSTEM_PROCESSING', exchange.call.language);
    reply.code(status).header('x-tosspayments-trace-id', exchange.traceId);
    if (key !== undefined) reply.header('idempotency-key', key);
    if (body !== '') reply.header('content-type', 'application/json;charset=UTF-8');
    reply.send(body);
  });
  return reply;
}

function drop(simulator: Simulator, exchange: Exchange): FastifyReply {
  log(simulator, exchange, null);
  exchange.reply.hijack();
  exchange.request.raw.socket.destroy();
  return exchange.reply;
}

function log(simulator: Simulator, { request, call, key, subject, at }: Exchange, status: number | null): void {
  simulator.requests.add({
    at,
    method: request.method,
    path: request.url,
    idempotencyKey: key ?? null,
    body: request.body ?? null,
    status,
    fault: call.fault?.kind ?? null,
    orderId: subject.orderId,
    paymentKey: subject.paymentKey,
  });
}
