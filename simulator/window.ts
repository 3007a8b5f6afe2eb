import type { FastifyInstance, FastifyReply } from 'fastify';
import { v4 as uuid } from 'uuid';
import { authenticate, choiceOf, choiceSchema, openPayment, registeredBy, registrationSchema } from './buyers.ts';
import { languageOf, messageOf } from './errors.ts';
import { newAuthKey } from './identifiers.ts';
import { asOf } from './payment.ts';
import { SDK_SCRIPT } from './sdk.ts';
import type { Simulator } from './simulator.ts';
import { billingPage, endedPage, messagePage, paymentPage } from './window-page.ts';
import { findWindowFault } from './window-faults.ts';
import { billingWindowSchema, paymentWindowSchema, Windows, type OpenWindow } from './windows.ts';

const HTML = 'text/html;charset=UTF-8';

/** The SDK stand-in and the window a buyer sees. Pressing "pay" only authenticates: money moves on confirm. */
export function serveWindow(app: FastifyInstance, simulator: Simulator): void {
  const windows = new Windows(simulator.store.db);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  // The merchant's page lives on another origin.
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
  app.options('/window/*', (_request, reply) => reply.header('access-control-allow-methods', 'POST').code(204).send());

  app.post('/window/payments', (request, reply) => {
    const order = paymentWindowSchema.parse(request.body);
    if (!knowsClient(simulator, order.clientKey)) return refuse(reply, 'INVALID_CLIENT_KEY');
    const id = uuid();
    simulator.store.write(() => {
      const { payment } = openPayment(simulator, {
        ...order,
        authenticated: false,
        paymentKey: undefined,
        metadata: order.metadata ?? null,
      });
      windows.add(id, openWindow('payment', order, payment.paymentKey));
    });
    return reply.send({ path: `/window/${id}` });
  });
  app.post('/window/billing', (request, reply) => {
    const asked = billingWindowSchema.parse(request.body);
    if (!knowsClient(simulator, asked.clientKey)) return refuse(reply, 'INVALID_CLIENT_KEY');
    const id = uuid();
    windows.add(id, { ...openWindow('billing', asked, null), method: asked.method });
    return reply.send({ path: `/window/${id}` });
  });

  app.get<{ Params: { id: string } }>('/window/:id', ({ params }, reply) => {
    const window = windows.find(params.id);
    if (!window) return reply.code(404).type(HTML).send(endedPage('없는 결제창입니다.'));
    if (window.kind === 'billing') return reply.type(HTML).send(billingPage(params.id, window));
    const record = simulator.store.paymentByKey(window.paymentKey ?? '');
    if (!record || asOf(record, simulator.clock.now()).payment.status !== 'READY') {
      return reply.code(409).type(HTML).send(endedPage('이미 끝났거나 시간이 지난 결제창입니다.'));
    }
    return reply.type(HTML).send(paymentPage(params.id, record));
  });
  app.post<{ Params: { id: string }; Body: Record<string, string> }>(
    '/window/:id',
    ({ params, body, headers }, reply) => {
      const window = windows.find(params.id);
      if (!window) return reply.code(404).type(HTML).send(endedPage('없는 결제창입니다.'));
      const language = languageOf(headers['accept-language']);
      const result =
        window.kind === 'billing'
          ? billingResult(simulator, window, body ?? {})
          : paymentResult(simulator, window, body ?? {});
      if (result === undefined)
        return reply.code(409).type(HTML).send(endedPage('이미 끝났거나 시간이 지난 결제창입니다.'));
      if (result.code !== undefined) result.message ??= messageOf(result.code, language);
      return leave(reply, window, result);
    },
  );
}

type Result = Record<string, string>;

/**
 * What the buyer's button means. Closing carries no orderId (docs: SDK redirect parameters). A decline in the window leaves
 * the payment READY until it expires: UNVERIFIED.
 */
function paymentResult(simulator: Simulator, window: OpenWindow, form: Record<string, string>): Result | undefined {
  const record = simulator.store.paymentByKey(window.paymentKey ?? '');
  if (!record || asOf(record, simulator.clock.now()).payment.status !== 'READY') return undefined;
  const { orderId, paymentKey, totalAmount } = record.payment;
  if (form.action === 'close') return { code: 'PAY_PROCESS_CANCELED' };
  const { choice: before } = record.particulars;
  const filled = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
  const choice = { ...before, ...choiceOf(choiceSchema.parse({ method: before.method, ...filled })) };
  if (form.action === 'decline')
    return { code: choice.method === '카드' ? 'REJECT_CARD_COMPANY' : 'PAY_PROCESS_ABORTED', orderId };
  // An order that was paid meanwhile, in another tab (docs: SDK failUrl codes).
  if (simulator.store.orderIsApproved(orderId, paymentKey)) return { code: 'DUPLICATED_ORDER_ID', orderId };
  const fault = findWindowFault(form.fault);
  simulator.store.write(() => {
    authenticate(simulator, record, choice);
    if (fault) simulator.faults.add({ on: 'confirm', paymentKey, ...fault.plan });
  });
  return { paymentType: 'NORMAL', orderId, paymentKey, amount: String(totalAmount) };
}

function billingResult(simulator: Simulator, window: OpenWindow, form: Record<string, string>): Result {
  if (form.action === 'close') return { code: 'PAY_PROCESS_CANCELED' };
  if (form.action === 'decline') return { code: 'REJECT_CARD_COMPANY' };
  const customerKey = window.customerKey ?? '';
  const authKey = newAuthKey();
  const { method, issuerCode, bankCode } = registrationSchema.parse({ ...form, method: window.method });
  simulator.billingKeys.authorise(authKey, customerKey, registeredBy(method, issuerCode, bankCode));
  return { customerKey, authKey };
}

/** Back to the merchant: by redirect where URLs were given, else by a message to the page that embeds the window. */
function leave(reply: FastifyReply, window: OpenWindow, result: Result): FastifyReply {
  const target = result.code === undefined ? window.successUrl : window.failUrl;
  if (target === null) return reply.type(HTML).send(messagePage(window.opener, result));
  const url = new URL(target);
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value);
  return reply.redirect(url.href, 303);
}

function openWindow(
  kind: OpenWindow['kind'],
  asked: {
    customerKey?: string | null | undefined;
    successUrl?: string | undefined;
    failUrl?: string | undefined;
    opener: string;
  },
  paymentKey: string | null,
): OpenWindow {
  const { customerKey = null, successUrl = null, failUrl = null, opener } = asked;
  return { kind, paymentKey, customerKey, successUrl, failUrl, opener };
}

const knowsClient = (simulator: Simulator, clientKey: string): boolean =>
  simulator.options.keys.some((key) => key.client === clientKey);

function refuse(reply: FastifyReply, code: string): FastifyReply {
  return reply.code(400).send({ code, message: '클라이언트 키가 올바르지 않습니다.' });
}
