import type { FastifyInstance, FastifyReply } from 'fastify';
import { v4 as uuid } from 'uuid';
import { openPayment } from './buyers.ts';
import { languageOf, messageOf } from './errors.ts';
import { asOf } from './payment.ts';
import { SDK_SCRIPT } from './sdk.ts';
import type { Simulator } from './simulator.ts';
import { billingPage, endedPage, messagePage, paymentPage } from './window-page.ts';
import { billingResult, paymentResult, type WindowResult } from './window-results.ts';
import { billingWindowSchema, paymentWindowSchema, Windows, type OpenWindow } from './windows.ts';

const HTML = 'text/html;charset=UTF-8';
const NO_SUCH_WINDOW = '없는 결제창입니다.';
const WINDOW_CLOSED = '이미 끝났거나 시간이 지난 결제창입니다.';

/** The browser SDK and the payment window. The button "pay" only authenticates the buyer: confirm takes the money. */
export function serveWindow(app: FastifyInstance, simulator: Simulator): void {
  const windows = new Windows(simulator.store.db);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  // The merchant's page has another origin.
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'no-store',
    });
    done();
  });
  app.addHook('preHandler', (_request, _reply, done) => {
    simulator.store.flush();
    done();
  });
  app.get('/v2/standard', (_request, reply) => reply.type('text/javascript;charset=UTF-8').send(SDK_SCRIPT));
  serveOpening(app, simulator, windows);
  servePages(app, simulator, windows);
}

/** The calls with which the SDK opens a window. */
function serveOpening(app: FastifyInstance, simulator: Simulator, windows: Windows): void {
  app.options('/window/*', (_request, reply) => reply.header('access-control-allow-methods', 'POST').code(204).send());
  app.post('/window/payments', (request, reply) => {
    const order = paymentWindowSchema.parse(request.body);
    if (!knowsClient(simulator, order.clientKey)) return refuseClientKey(reply);
    const id = uuid();
    simulator.store.write(() => {
      const buyer = { ...order, authenticated: false, paymentKey: undefined, metadata: order.metadata ?? null };
      const { payment } = openPayment(simulator, buyer);
      windows.add(id, openWindow('payment', order, payment.paymentKey));
    });
    return reply.send({ path: `/window/${id}` });
  });
  app.post('/window/billing', (request, reply) => {
    const registration = billingWindowSchema.parse(request.body);
    if (!knowsClient(simulator, registration.clientKey)) return refuseClientKey(reply);
    const id = uuid();
    windows.add(id, { ...openWindow('billing', registration, null), method: registration.method });
    return reply.send({ path: `/window/${id}` });
  });
}

/** The page that the buyer sees, and its buttons. */
function servePages(app: FastifyInstance, simulator: Simulator, windows: Windows): void {
  app.get<{ Params: { id: string } }>('/window/:id', ({ params }, reply) => {
    void reply.type(HTML);
    const window = windows.find(params.id);
    if (!window) return reply.code(404).send(endedPage(NO_SUCH_WINDOW));
    if (window.kind === 'billing') return reply.send(billingPage(params.id, window));
    const record = simulator.store.paymentByKey(window.paymentKey ?? '');
    if (!record || asOf(record, simulator.clock.now()).payment.status !== 'READY')
      return reply.code(409).send(endedPage(WINDOW_CLOSED));
    return reply.send(paymentPage(params.id, record));
  });
  app.post<{ Params: { id: string }; Body: Record<string, string> }>('/window/:id', (request, reply) => {
    const window = windows.find(request.params.id);
    if (!window) return reply.code(404).type(HTML).send(endedPage(NO_SUCH_WINDOW));
    const resultOf = window.kind === 'billing' ? billingResult : paymentResult;
    const result = resultOf(simulator, window, request.body ?? {});
    if (result === undefined) return reply.code(409).type(HTML).send(endedPage(WINDOW_CLOSED));
    if (result.code !== undefined)
      result.message ??= messageOf(result.code, languageOf(request.headers['accept-language']));
    return leave(reply, window, result);
  });
}

/** Returns to the merchant: by redirect to a URL, or by a message to the page that embeds the window. */
function leave(reply: FastifyReply, window: OpenWindow, result: WindowResult): FastifyReply {
  const target = result.code === undefined ? window.successUrl : window.failUrl;
  if (target === null) return reply.type(HTML).send(messagePage(window.opener, result));
  const url = new URL(target);
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value);
  return reply.redirect(url.href, 303);
}

interface WindowRequest {
  customerKey?: string | null | undefined;
  successUrl?: string | undefined;
  failUrl?: string | undefined;
  opener: string;
}

function openWindow(kind: OpenWindow['kind'], request: WindowRequest, paymentKey: string | null): OpenWindow {
  const { customerKey = null, successUrl = null, failUrl = null, opener } = request;
  return { kind, paymentKey, customerKey, successUrl, failUrl, opener };
}

const knowsClient = (simulator: Simulator, clientKey: string): boolean =>
  simulator.options.keys.some((key) => key.client === clientKey);

function refuseClientKey(reply: FastifyReply): FastifyReply {
  return reply.code(400).send({ code: 'INVALID_CLIENT_KEY', message: '클라이언트 키가 올바르지 않습니다.' });
}
