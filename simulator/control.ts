import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { books } from './books.ts';
import { buyerSchema, openPayment, registeredBy, registrationSchema } from './buyers.ts';
import { cancelPayment } from './cancel.ts';
import { expirePayments } from './expiry.ts';
import { FAULT_POINTS, kindsAt, type FaultKind } from './faults.ts';
import { newAuthKey } from './identifiers.ts';
import type { PaymentRecord } from './payment.ts';
import { paymentOfOrder } from './reads.ts';
import type { Simulator } from './simulator.ts';
import { deposit, revertDeposit } from './virtual-accounts.ts';

const about = z.object({ orderId: z.string().optional(), paymentKey: z.string().optional() });
const kind = z.custom<FaultKind>((value) => typeof value === 'string', 'a kind of fault');
const faultSchema = about
  .extend({
    on: z.enum(FAULT_POINTS),
    kind,
    times: z.number().int().min(0).optional(),
    code: z.string().optional(),
    status: z.number().int().min(400).max(599).optional(),
    delayMs: z.number().int().min(0).optional(),
    wrongAmount: z.number().positive().optional(),
    wrongOrderId: z.string().optional(),
    keepAnswer: z.boolean().optional(),
  })
  .strict()
  .refine((fault) => kindsAt(fault.on).includes(fault.kind), 'this kind does not exist on this call');
const chaosSchema = z
  .object({
    seed: z.number().int().default(1),
    rate: z.number().min(0).max(1),
    on: z.array(z.enum(FAULT_POINTS)).optional(),
    kinds: z.array(kind).optional(),
    delayMs: z.number().int().min(0).optional(),
  })
  .strict();
const dashboardSchema = z.object({
  paymentKey: z.string(),
  cancelAmount: z.number().positive().optional(),
  cancelReason: z.string().min(1).max(200).default('상점관리자 취소'),
  refundReceiveAccount: z.object({ bank: z.string(), accountNumber: z.string(), holderName: z.string() }).optional(),
});

const LOOPBACK = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];
/** A benchmark lays out a hundred thousand buyers in one request. */
const LARGE_BODY = 256 * 1024 * 1024;

/** What a test, a benchmark or a developer does to Toss from behind. No key: only this machine is let in. */
export function serveControlPlane(app: FastifyInstance, simulator: Simulator): void {
  const { clock, store, faults, webhooks, requests } = simulator;
  app.addHook('onRequest', async (request, reply) => {
    if (!LOOPBACK.includes(request.socket.remoteAddress ?? ''))
      return reply.code(403).send({ message: 'loopback only' });
    return undefined;
  });
  // What is answered below must be committed: what the API has open is closed first, and nothing here joins it.
  app.addHook('preHandler', (_request, _reply, done) => {
    store.flush();
    done();
  });

  app.get<{ Querystring: { orderId?: string; summary?: string } }>('/_books', ({ query }) =>
    books(simulator, { orderId: query.orderId, summary: query.summary === '1' }),
  );

  app.post('/_payments', { bodyLimit: LARGE_BODY }, (request, reply) => {
    const many = Array.isArray(request.body);
    const buyers = z.array(buyerSchema).parse(many ? request.body : [request.body]);
    if (buyers.some(({ paymentKey }) => paymentKey !== undefined && store.paymentByKey(paymentKey))) {
      return reply.code(409).send({ message: 'a payment of this key exists' });
    }
    const opened = store.write(() => buyers.map((buyer) => opening(openPayment(simulator, buyer))));
    return reply.send(many ? opened : opened[0]);
  });

  app.post('/_billing_auths', (request) => {
    const asked = registrationSchema.extend({ customerKey: z.string().min(1) }).parse(request.body);
    const { customerKey, method, issuerCode, bankCode } = asked;
    const authKey = newAuthKey();
    simulator.billingKeys.authorise(authKey, customerKey, registeredBy(method, issuerCode, bankCode));
    return { authKey, customerKey };
  });

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

  app.get<{ Querystring: { orderId?: string; paymentKey?: string; path?: string } }>('/_requests', ({ query }) =>
    requests.find(query),
  );
  app.delete('/_requests', () => {
    requests.clear();
    return {};
  });

  const time = (): object => ({ now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs });
  app.get('/_clock', time);
  app.post('/_clock', (request) => {
    const { offsetMs } = z.object({ offsetMs: z.number().int() }).parse(request.body);
    store.set('clock', offsetMs);
    clock.move(offsetMs);
    // What fell due by the leap happens before the answer, so that a test need not wait for a timer.
    while (expirePayments(simulator) > 0);
    webhooks.sender.wake();
    return time();
  });

  app.post('/_deposits', (request, reply) => bank(simulator, request, reply, deposit));
  app.post('/_deposits/revert', (request, reply) => bank(simulator, request, reply, revertDeposit));
  app.post('/_dashboard/cancel', (request, reply) => {
    const asked = dashboardSchema.parse(request.body);
    const record = store.paymentByKey(asked.paymentKey);
    if (!record) return reply.code(404).send({ message: 'no such payment' });
    const answer = store.write(() => cancelPayment(simulator, record, asked, 'ko'));
    return reply.code(answer.status).type('application/json').send(answer.body);
  });

  serveWebhookControls(app, simulator);
}

function serveWebhookControls(app: FastifyInstance, { webhooks, clock }: Simulator): void {
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
  // Where webhooks go from now on; a program that takes a free port can only say so after it has started. Not stored.
  app.post('/_webhooks/url', (request) => {
    sender.url = z.object({ url: z.url().nullable() }).parse(request.body).url;
    sender.wake();
    return { url: sender.url };
  });
}

function opening({ payment, particulars, expiresAt }: PaymentRecord): object {
  const { paymentKey, orderId, totalAmount, status } = payment;
  return { paymentKey, orderId, amount: totalAmount, status, method: particulars.choice.method, expiresAt };
}

/** A move of the bank's, found by order or payment key. */
function bank(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
  move: (simulator: Simulator, record: PaymentRecord) => string | undefined,
): FastifyReply {
  const { orderId = '', paymentKey } = about.parse(request.body);
  const record =
    paymentKey === undefined ? paymentOfOrder(simulator, orderId) : simulator.store.paymentByKey(paymentKey);
  if (!record) return reply.code(404).send({ message: 'no such payment' });
  const refused = simulator.store.write(() => move(simulator, record));
  return refused === undefined ? reply.send(record.payment) : reply.code(409).send({ message: refused });
}
