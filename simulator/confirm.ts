import { z } from 'zod';
import { findError, invalidRequest, refusal, success, type ApiResponse } from './errors.ts';
import { amount } from './numbers.ts';
import { abort, approve, asOf, taxed, type PaymentRecord } from './payment.ts';
import type { Method } from './payment-method.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './operation.ts';

/** 6 to 64 letters, digits, `-`, `_` (docs: core API reference) and `=` (SDK types). */
export const ORDER_ID = /^[A-Za-z0-9_=-]{6,64}$/;

const body = z.object({
  paymentKey: z.string().min(1).max(200),
  orderId: z.string().regex(ORDER_ID),
  amount,
});

/** Card 100 won, account 200 won (docs: error codes, BELOW_MINIMUM_AMOUNT). */
export const minimumOf = (method: Method): number => (method === '계좌이체' || method === '가상계좌' ? 200 : 100);
/** Docs: error codes, EXCEEDS_TRANSFER_AMOUNT_MAXIMUM. */
const MAX_TRANSFER_AMOUNT = 10_000_000;

/** `POST /v1/payments/confirm`: the only call that takes the money of a payment (docs: core API reference). */
export function confirm(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/payments/confirm',
    on: 'confirm',
    subject: (call) => subjectOf(call.body),
    run(call) {
      const parsed = body.safeParse(call.body);
      if (!parsed.success) {
        return invalidRequest(parsed.error, call.language);
      }
      const now = simulator.clock.now();
      const record = simulator.store.paymentByKey(parsed.data.paymentKey);
      // An unknown key: UNVERIFIED, the table of confirm has NOT_FOUND_PAYMENT and NOT_FOUND_PAYMENT_SESSION.
      if (!record) return refusal('NOT_FOUND_PAYMENT', call.language);
      return refusedConfirm(simulator, call, asOf(record, now), parsed.data) ?? decide(simulator, call, record, now);
    },
  };
}

function subjectOf(given: unknown): { orderId?: string; paymentKey?: string } {
  const { orderId, paymentKey } = (given ?? {}) as Record<string, unknown>;
  return {
    ...(typeof orderId === 'string' && { orderId }),
    ...(typeof paymentKey === 'string' && { paymentKey }),
  };
}

/** The refusals that come before the bank. None of them changes the payment. */
function refusedConfirm(
  simulator: Simulator,
  call: Call,
  { payment, particulars }: PaymentRecord,
  request: z.infer<typeof body>,
): ApiResponse | undefined {
  const { language } = call;
  // Opened with the client key of the other merchant account: UNVERIFIED.
  const opener = simulator.options.keys.find((key) => key.client === particulars.clientKey);
  if (opener && opener.secret !== call.secretKey) return refusal('NOT_FOUND_PAYMENT_SESSION', language);
  // Ten minutes over (docs: payment status); a buyer still in the window: UNVERIFIED.
  if (payment.status === 'EXPIRED' || payment.status === 'READY') return refusal('NOT_FOUND_PAYMENT_SESSION', language);
  // Confirm of an ABORTED payment: UNVERIFIED.
  if (payment.status !== 'IN_PROGRESS') return refusal('ALREADY_PROCESSED_PAYMENT', language);
  // Toss refuses a changed amount (staff, developer community); the code is UNVERIFIED. The payment stays IN_PROGRESS.
  if (payment.orderId !== request.orderId) return refusal('INVALID_REQUEST', language, { detail: 'orderId' });
  if (payment.totalAmount !== request.amount) return refusal('INVALID_REQUEST', language, { detail: 'amount' });
  if (request.amount < minimumOf(particulars.choice.method)) return refusal('BELOW_MINIMUM_AMOUNT', language);
  if (particulars.choice.method === '계좌이체' && request.amount > MAX_TRANSFER_AMOUNT) {
    return refusal('EXCEEDS_TRANSFER_AMOUNT_MAXIMUM', language);
  }
  // Documented for key-in, virtual accounts and billing. For confirm it is UNVERIFIED.
  if (simulator.store.orderIsApproved(payment.orderId, payment.paymentKey))
    return refusal('DUPLICATED_ORDER_ID', language);
  return undefined;
}

function decide(simulator: Simulator, call: Call, record: PaymentRecord, now: number): ApiResponse {
  const { payment, particulars } = record;
  if (call.fault?.kind === 'decline') return decline(simulator, call, record);
  if (call.fault?.kind === 'wrong_amount') changeAmount(record, call.fault.wrongAmount ?? payment.totalAmount + 100);
  if (call.fault?.kind === 'wrong_order')
    payment.orderId = call.fault.wrongOrderId ?? `${payment.orderId.slice(0, 56)}-another`;
  approve(payment, particulars.choice, now);
  return approved(simulator, record, now);
}

/** Records the money of an approved payment and gives the response. A virtual account has no money yet. */
export function approved(simulator: Simulator, record: PaymentRecord, now: number): ApiResponse {
  const { payment } = record;
  record.expiresAt = null;
  const response = success(payment);
  simulator.store.savePayment(record, response.body);
  simulator.store.ledger.add(record, now, payment.status === 'DONE' ? payment.totalAmount : 0, 0);
  simulator.webhooks.paymentChanged(payment);
  return response;
}

/** A decline of the buyer or bank ends the payment (ABORTED). Any other code leaves it unchanged. */
function decline(simulator: Simulator, call: Call, record: PaymentRecord): ApiResponse {
  const code = call.fault?.code ?? 'REJECT_CARD_PAYMENT';
  // NOT_FOUND_PAYMENT_SESSION has the buyer's class too, but is not a decision of a bank.
  if (findError(code)?.class === 'B' && code !== 'NOT_FOUND_PAYMENT_SESSION') {
    abort(record.payment, record.particulars.choice, code);
    record.expiresAt = null;
    simulator.store.savePayment(record);
    simulator.webhooks.paymentChanged(record.payment);
  }
  return refusal(code, call.language, { ...(call.fault?.status !== undefined && { status: call.fault.status }) });
}

function changeAmount({ payment }: PaymentRecord, amount: number): void {
  Object.assign(payment, { totalAmount: amount, balanceAmount: amount, ...taxed(amount, payment.taxFreeAmount) });
}
