import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { buyerSchema, openPayment, registeredChoice, registrationSchema } from './buyers.ts';
import { cancelPayment } from './cancel.ts';
import { chaosSchema, dashboardCancelSchema, faultSchema, paymentSchema } from './control-schemas.ts';
import { expirePayments } from './expiry.ts';
import { newAuthKey } from './identifiers.ts';
import { ledgerReport } from './ledger-report.ts';
import type { PaymentRecord } from './payment.ts';
import { paymentOfOrder } from './reads.ts';
import type { Simulator } from './simulator.ts';
import { deposit, revertDeposit } from './virtual-accounts.ts';

const LOOPBACK = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];
/** A benchmark creates a hundred thousand payments in one request. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** What tests, benchmarks and developers change behind the API. It needs no key, and serves this machine only. */
export function serveControlPlane(app: FastifyInstance, simulator: Simulator): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!LOOPBACK.includes(request.socket.remoteAddress ?? ''))
      return reply.code(403).send({ message: 'loopback only' });
    return undefined;
  });
  // The open transaction of the API is committed first: a response of the control plane shows committed data.
  app.addHook('preHandler', (_request, _reply, done) => {
    simulator.store.flush();
    done();
  });
  serveBuyers(app, simulator);
  serveFaults(app, simulator);
  serveObservation(app, simulator);
  serveClock(app, simulator);
  serveMoney(app, simulator);
  serveWebhooks(app, simulator);
}

function serveBuyers(app: FastifyInstance, simulator: Simulator): void {
  const { store } = simulator;
  app.post('/_payments', { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    const isList = Array.isArray(request.body);
    const buyers = z.array(buyerSchema).parse(isList ? request.body : [request.body]);
    if (buyers.some(({ paymentKey }) => paymentKey !== undefined && store.paymentByKey(paymentKey))) {
      return reply.code(409).send({ message: 'a payment with this key exists' });
    }
    const opened = store.write(() => buyers.map((buyer) => openedPayment(openPayment(simulator, buyer))));
    return reply.send(isList ? opened : opened[0]);
  });
  app.post('/_billing_auths', (request) => {
    const schema = registrationSchema.extend({ customerKey: z.string().min(1) });
    const { customerKey, method, issuerCode, bankCode } = schema.parse(request.body);
    const authKey = newAuthKey();
    simulator.billingKeys.authorise(authKey, customerKey, registeredChoice(method, issuerCode, bankCode));
    return { authKey, customerKey };
  });
}

function openedPayment({ payment, particulars, expiresAt }: PaymentRecord): object {
  const { paymentKey, orderId, totalAmount, status } = payment;
  return { paymentKey, orderId, amount: totalAmount, status, method: particulars.choice.method, expiresAt };
}

function serveFaults(app: FastifyInstance, { store, faults }: Simulator): void {
  app.post('/_faults', (request) => ({ id: faults.add(faultSchema.parse(request.body)).id }));
  app.get('/_faults', () => faults.list());
  app.delete('/_faults', () => {
    faults.clear();
    return {};
  });
  app.post('/_chaos', (request) => {
    const plan = chaosSchema.parse(request.body);
    store.set('chaos', plan);
    faults.chaos.start(plan);
    return faults.chaos.plan ?? { rate: 0 };
  });
  app.get('/_chaos', () => faults.chaos.plan ?? { rate: 0 });
}

function serveObservation(app: FastifyInstance, simulator: Simulator): void {
  const { requests } = simulator;
  app.get<{ Querystring: { orderId?: string; summary?: string } }>('/_books', ({ query }) =>
    ledgerReport(simulator, { orderId: query.orderId, summary: query.summary === '1' }),
  );
  app.get<{ Querystring: { orderId?: string; paymentKey?: string; path?: string } }>('/_requests', ({ query }) =>
    requests.find(query),
  );
  app.delete('/_requests', () => {
    requests.clear();
    return {};
  });
}

function serveClock(app: FastifyInstance, simulator: Simulator): void {
  const { clock, store, webhooks } = simulator;
  const time = (): object => ({ now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs });
  app.get('/_clock', time);
  app.post('/_clock', (request) => {
    const { offsetMs } = z.object({ offsetMs: z.number().int() }).parse(request.body);
    store.set('clock', offsetMs);
    clock.move(offsetMs);
    // Payments expire before the response, so that a test does not wait for a timer.
    while (expirePayments(simulator) > 0);
    webhooks.sender.wake();
    return time();
  });
}

function serveMoney(app: FastifyInstance, simulator: Simulator): void {
  const { store } = simulator;
  app.post('/_deposits', (request, reply) => changeDeposit(simulator, request, reply, deposit));
  app.post('/_deposits/revert', (request, reply) => changeDeposit(simulator, request, reply, revertDeposit));
  app.post('/_dashboard/cancel', (request, reply) => {
    const cancel = dashboardCancelSchema.parse(request.body);
    const record = store.paymentByKey(cancel.paymentKey);
    if (!record) return reply.code(404).send({ message: 'no such payment' });
    const response = store.write(() => cancelPayment(simulator, record, cancel, 'ko'));
    return reply.code(response.status).type('application/json').send(response.body);
  });
}

function changeDeposit(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
  change: (simulator: Simulator, record: PaymentRecord) => string | undefined,
): FastifyReply {
  const { orderId = '', paymentKey } = paymentSchema.parse(request.body);
  const record =
    paymentKey === undefined ? paymentOfOrder(simulator, orderId) : simulator.store.paymentByKey(paymentKey);
  if (!record) return reply.code(404).send({ message: 'no such payment' });
  const refused = simulator.store.write(() => change(simulator, record));
  return refused === undefined ? reply.send(record.payment) : reply.code(409).send({ message: refused });
}

function serveWebhooks(app: FastifyInstance, { webhooks, clock }: Simulator): void {
  const { queue, sender } = webhooks;
  app.get<{ Querystring: { orderId?: string; paymentKey?: string; state?: string } }>('/_webhooks', ({ query }) =>
    queue.list(query).map((webhook) => ({ ...webhook, body: JSON.parse(webhook.body) as unknown })),
  );
  app.post<{ Params: { id: string } }>('/_webhooks/:id/resend', ({ params }, reply) => {
    if (!queue.resend(Number(params.id), clock.now())) return reply.code(404).send({ message: 'no such webhook' });
    sender.wake();
    return reply.send({});
  });
  app.post('/_webhooks/deliver', async () => ({ sent: await sender.deliverDue() }));
  // The new receiver, for a program that knows its port only after its start. It is not stored.
  app.post('/_webhooks/url', (request) => {
    sender.url = z.object({ url: z.url().nullable() }).parse(request.body).url;
    sender.wake();
    return { url: sender.url };
  });
}
