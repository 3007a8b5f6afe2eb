import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { Authenticator, RateLimit } from './auth.ts';
import { approveBilling, deleteBilling, issueBilling, issueBillingByCard } from './billing.ts';
import { BillingKeys } from './billing-keys.ts';
import { cancel } from './cancel.ts';
import type { ChaosPlan } from './chaos.ts';
import { Clock } from './clock.ts';
import { confirm } from './confirm.ts';
import { serveControlPlane } from './control.ts';
import { languageOf, refusal } from './errors.ts';
import { expirePayments } from './expiry.ts';
import { Faults } from './faults.ts';
import { Idempotency } from './idempotency.ts';
import { newTraceId } from './identifiers.ts';
import { readByOrderId, readByPaymentKey } from './reads.ts';
import { RequestLog } from './request-log.ts';
import { readSettings, type SimulatorOptions } from './settings.ts';
import type { Simulator } from './simulator.ts';
import { Store } from './store.ts';
import { serveOperation } from './toss-api.ts';
import { listTransactions } from './transactions.ts';
import { issueVirtualAccount } from './virtual-accounts.ts';
import { WebhookQueue } from './webhook-queue.ts';
import { WebhookSender } from './webhook-sender.ts';
import { Webhooks } from './webhooks.ts';
import { serveWindow } from './window.ts';

/** How often expiry and webhook retries are checked. */
const CHECK_INTERVAL_MS = 250;

export interface RunningSimulator {
  url: string;
  close(): Promise<void>;
}

/** Starts a simulator in this process, with the defaults of the environment variables. */
export async function startSimulator(given: Partial<SimulatorOptions> = {}): Promise<RunningSimulator> {
  const options = { ...readSettings({}), ...given };
  const simulator = assemble(options);
  const app = serve(simulator);
  const url = await app.listen({ port: options.port, host: options.host });
  const timer = setInterval(() => {
    expirePayments(simulator);
    simulator.webhooks.sender.wake();
  }, CHECK_INTERVAL_MS);
  timer.unref();
  simulator.webhooks.sender.wake();
  return {
    url,
    async close() {
      clearInterval(timer);
      simulator.closing.abort();
      await app.close();
      await simulator.webhooks.sender.close();
      simulator.store.close();
    },
  };
}

function assemble(options: SimulatorOptions): Simulator {
  const store = new Store(options.data);
  const clock = new Clock(store.setting<number>('clock'));
  const idempotency = new Idempotency(store.db);
  idempotency.prune(clock.now());
  const faults = new Faults(store.db, store.setting<ChaosPlan>('chaos'));
  const queue = new WebhookQueue(store);
  return {
    options,
    store,
    clock,
    billingKeys: new BillingKeys(store.db),
    idempotency,
    faults,
    authenticator: new Authenticator(options.keys),
    rateLimit: new RateLimit(options.rateLimit),
    webhooks: new Webhooks(queue, new WebhookSender(queue, clock, options.webhookUrl), clock, faults),
    requests: new RequestLog(),
    closing: new AbortController(),
  };
}

function serve(simulator: Simulator): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    // Payment and billing keys have up to 200 characters, three times as many when percent-encoded.
    routerOptions: { maxParamLength: 600 },
  });
  parseJsonOnly(app);
  respondToErrors(app);
  for (const operation of OPERATIONS) serveOperation(app, simulator, operation(simulator));
  void app.register(async (control) => serveControlPlane(control, simulator));
  void app.register(async (window) => serveWindow(window, simulator));
  return app;
}

const OPERATIONS = [
  confirm,
  readByOrderId,
  readByPaymentKey,
  cancel,
  issueVirtualAccount,
  listTransactions,
  issueBilling,
  issueBillingByCard,
  approveBilling,
  deleteBilling,
];

/** Bodies of other types are ignored. */
function parseJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? null : JSON.parse(String(text)));
    } catch {
      done(new MalformedBody());
    }
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _text, done) => done(null, null));
}

function respondToErrors(app: FastifyInstance): void {
  // The code for an unknown path is UNVERIFIED.
  app.setNotFoundHandler((request, reply) => sendError(request, reply, 'NOT_FOUND_HTTP_METHOD'));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ZodError)
      return reply.code(400).send({ code: 'SIMULATOR_BAD_REQUEST', message: error.message });
    if (error instanceof MalformedBody) return sendError(request, reply, 'INVALID_REQUEST');
    process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
    return sendError(request, reply, 'FAILED_INTERNAL_SYSTEM_PROCESSING');
  });
}

function sendError(request: FastifyRequest, reply: FastifyReply, code: string): FastifyReply {
  const { status, body } = refusal(code, languageOf(request.headers['accept-language']));
  return reply
    .code(status)
    .header('x-tosspayments-trace-id', newTraceId())
    .type('application/json;charset=UTF-8')
    .send(body);
}

class MalformedBody extends Error {}
