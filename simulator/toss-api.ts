import type { FastifyInstance, FastifyReply } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { wrongIdempotencyHeader } from './auth.ts';
import { findError, refusal, type ApiResponse } from './errors.ts';
import { drop, newExchange, respond, type Exchange } from './exchange.ts';
import { brokenResponse, refusedByFault, responseInstead, serverError } from './fault-responses.ts';
import type { Fault } from './faults.ts';
import { MAX_KEY_LENGTH } from './idempotency.ts';
import type { Operation } from './operation.ts';
import type { Simulator } from './simulator.ts';

export function serveOperation(app: FastifyInstance, simulator: Simulator, operation: Operation): void {
  app.route({
    method: operation.method,
    url: operation.path,
    handler: (request, reply) => {
      const exchange = newExchange(simulator, request, reply);
      const refused = refuseEarly(simulator, operation, exchange);
      if (!refused) return handle(simulator, operation, exchange);
      respond(simulator, exchange, refused);
      return undefined;
    },
  });
}

/** The refusals that come before the operation. None of them is stored under an idempotency key. */
function refuseEarly(simulator: Simulator, operation: Operation, exchange: Exchange): ApiResponse | undefined {
  const { call, request } = exchange;
  const wrongHeader = wrongIdempotencyHeader(request.headers);
  if (wrongHeader) return wrongHeaderResponse(wrongHeader);
  const authentication = simulator.authenticator.read(request.headers.authorization);
  if ('code' in authentication) return refusal(authentication.code, call.language);
  call.secretKey = authentication.secretKey;
  exchange.subject = operation.subject(call);
  if (simulator.rateLimit.exceeds(call.secretKey, `${operation.method} ${operation.path}`, exchange.at)) {
    return refusal('TOO_MANY_REQUESTS', call.language);
  }
  // Test keys only. It comes before the payment key, and before a stored response (docs: environment; measured).
  const testCode = request.headers['tosspayments-test-code'];
  if (typeof testCode === 'string' && call.secretKey.startsWith('test_')) {
    return refusal(findError(testCode) ? testCode : 'INVALID_TEST_CODE', call.language);
  }
  if (exchange.idempotencyKey !== undefined && exchange.idempotencyKey.length > MAX_KEY_LENGTH) {
    exchange.idempotencyKey = undefined;
    return refusal('INVALID_IDEMPOTENCY_KEY', call.language);
  }
  return undefined;
}

function wrongHeaderResponse(header: string): ApiResponse {
  const advice = 'the name is "Idempotency-Key". Toss would ignore it and charge twice.';
  const message = `"${header}" is not a header of Toss: ${advice}`;
  return { status: 400, body: JSON.stringify({ code: 'SIMULATOR_WRONG_HEADER', message }) };
}

/** Responds from the idempotency record, from a fault, or with the result of the operation. */
function handle(simulator: Simulator, operation: Operation, exchange: Exchange): Promise<FastifyReply> | undefined {
  const { call, request, idempotencyKey: key } = exchange;
  const { idempotency, faults } = simulator;
  const scope = key === undefined ? undefined : idempotency.scope(request.method, request.url, call.secretKey, key);
  if (scope && idempotency.inProgress.has(scope)) {
    respond(simulator, exchange, refusal('IDEMPOTENT_REQUEST_PROCESSING', call.language));
    return undefined;
  }
  const stored = scope ? idempotency.find(scope, exchange.at) : undefined;
  const fault = faults.take(operation.on, exchange.subject, stored !== undefined);
  call.fault = fault;
  if (stored) exchange.traceId += `, ${stored.traceId}`;
  const run = () => stored ?? perform(simulator, operation, exchange, scope);
  if (fault?.kind === 'drop_before') drop(simulator, exchange);
  else if (fault) return handleWithFault(simulator, exchange, fault, { scope, isStored: stored !== undefined, run });
  else respond(simulator, exchange, run());
  return undefined;
}

interface Work {
  scope: string | undefined;
  isStored: boolean;
  run: () => ApiResponse;
}

/** Either responds without running the operation, or runs it and responds late, broken or never. */
async function handleWithFault(
  simulator: Simulator,
  exchange: Exchange,
  fault: Fault,
  { scope, isStored, run }: Work,
): Promise<FastifyReply> {
  const { idempotency, options } = simulator;
  const { language } = exchange.call;
  const instead = responseInstead(fault, language);
  if (instead) {
    if (scope && !isStored && instead.status >= 500 && options.replay5xx)
      idempotency.keep(scope, instead, exchange.traceId, exchange.at);
    return respond(simulator, exchange, instead);
  }
  if (scope) idempotency.inProgress.add(scope);
  try {
    if (fault.kind === 'slow' && !(await wait(simulator, fault))) return drop(simulator, exchange);
    const response = run();
    if (fault.kind === 'drop_after') return drop(simulator, exchange);
    if (fault.kind === 'slow_after' && !(await wait(simulator, fault))) return drop(simulator, exchange);
    if (fault.kind === 'garbage') return respond(simulator, exchange, brokenResponse);
    return respond(simulator, exchange, fault.kind === 'error_after' ? serverError(fault, language) : response);
  } finally {
    if (scope) idempotency.inProgress.delete(scope);
  }
}

/** @returns false if the simulator is shutting down */
async function wait({ closing: { signal } }: Simulator, { delayMs = 1000 }: Fault): Promise<boolean> {
  return delay(delayMs, true, { signal, ref: false }).catch(() => false);
}

/** Runs the operation and stores the response for a repeated request, in one transaction. */
function perform(
  simulator: Simulator,
  operation: Operation,
  exchange: Exchange,
  scope: string | undefined,
): ApiResponse {
  const { call } = exchange;
  const { store, idempotency, clock, options } = simulator;
  const run = (): ApiResponse => refusedByFault(call, operation.on) ?? operation.run(call);
  if (operation.method === 'GET') return run();
  return store.writeGrouped(() => {
    const response = run();
    if (scope === undefined) return response;
    const { fault, language } = call;
    const shown = fault?.kind === 'error_after' && !fault.keepAnswer ? serverError(fault, language) : response;
    if (shown.status < 500 || options.replay5xx) idempotency.keep(scope, shown, exchange.traceId, clock.now());
    return response;
  });
}
