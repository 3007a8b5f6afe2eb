import { refusal, success, type ApiResponse } from './errors.ts';
import { asOf, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './operation.ts';

/** `GET /v1/payments/{paymentKey}`. That unfinished payments are readable is inferred from captured EXPIRED bodies. */
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
 * The approved payment, else the latest attempt. UNVERIFIED: no source says which of several attempts Toss shows. An
 * approved payment behind an abandoned one would be invisible to a merchant who lost the response.
 */
export function paymentOfOrder(simulator: Simulator, orderId: string): PaymentRecord | undefined {
  const attempts = simulator.store.paymentsByOrder(orderId);
  return (
    attempts.find(({ payment }) => payment.lastTransactionKey !== null && payment.status !== 'ABORTED') ??
    attempts.at(-1)
  );
}

function read(simulator: Simulator, call: Call, record: PaymentRecord | undefined): ApiResponse {
  if (!record) return refusal('NOT_FOUND_PAYMENT', call.language);
  return success(asOf(record, simulator.clock.now()).payment);
}
