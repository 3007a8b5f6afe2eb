import { refusal, success, type Answer } from './errors.ts';
import { asOf, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './toss-api.ts';

/** `GET /v1/payments/{paymentKey}`. Unfinished payments are readable too: inferred from EXPIRED bodies seen in the wild. */
export function readByPaymentKey(simulator: Simulator): Operation {
  return {
    method: 'GET',
    path: '/v1/payments/:paymentKey',
    on: 'get',
    subject: ({ params: { paymentKey = '' } }) => ({
      paymentKey,
      orderId: simulator.store.paymentByKey(paymentKey)?.payment.orderId,
    }),
    run: (call) => read(simulator, call, simulator.store.paymentByKey(call.params.paymentKey ?? '')),
  };
}

/** `GET /v1/payments/orders/{orderId}`. */
export function readByOrderId(simulator: Simulator): Operation {
  return {
    method: 'GET',
    path: '/v1/payments/orders/:orderId',
    on: 'get',
    subject: ({ params: { orderId = '' } }) => ({
      orderId,
      paymentKey: paymentOfOrder(simulator, orderId)?.payment.paymentKey,
    }),
    run: (call) => read(simulator, call, paymentOfOrder(simulator, call.params.orderId ?? '')),
  };
}

/**
 * The one that went through, else the latest attempt. UNVERIFIED: no source says which of several attempts Toss answers;
 * an approved payment hidden behind an abandoned one would be unfindable for a merchant who lost the answer.
 */
export function paymentOfOrder(simulator: Simulator, orderId: string): PaymentRecord | undefined {
  const attempts = simulator.store.paymentsByOrder(orderId);
  return (
    attempts.find(({ payment }) => payment.lastTransactionKey !== null && payment.status !== 'ABORTED') ??
    attempts.at(-1)
  );
}

function read(simulator: Simulator, call: Call, record: PaymentRecord | undefined): Answer {
  if (!record) return refusal('NOT_FOUND_PAYMENT', call.language);
  return success(asOf(record, simulator.clock.now()).payment);
}
