import { z } from 'zod';
import { findError, refusal, success, type Answer } from './errors.ts';
import { amount } from './numbers.ts';
import { abort, approve, asOf, taxed, type PaymentRecord } from './payment.ts';
import type { Method } from './means.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './toss-api.ts';

/** 6 to 64 letters, digits, `-`, `_` (docs: core API reference) and `=` (SDK types). */
export const ORDER_ID = /^[A-Za-z0-9_=-]{6,64}$/;

const body = z.object({
  paymentKey: z.string().min(1).max(200),
  orderId: z.string().regex(ORDER_ID),
  amount,
});

/** Card 100 won, account 200 won (docs: error codes, BELOW_MINIMUM_AMOUNT). */
export const minimumOf = (method: Method): number => (method === '계좌이체' || method === '가상계좌' ? 200 : 100);
/** One transfer carries at most ten million won (docs: error codes, EXCEEDS_TRANSFER_AMOUNT_MAXIMUM). */
const TRANSFER_MAXIMUM = 10_000_000;

/** `POST /v1/payments/confirm`: the only moment at which a payment takes money (docs: core API reference). */
export function confirm(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/payments/confirm',
    on: 'confirm',
    subject: (call) => subjectOf(call.body),
    run(call) {
      const parsed = body.safeParse(call.body);
      if (!parsed.success) {
        return refusal('INVALID_REQUEST', call.language, { detail: parsed.error.issues[0]?.path.join('.') || 'body' });
      }
      const now = simulator.clock.now();
      const record = simulator.store.paymentByKey(parsed.data.paymentKey);
      // A key never seen: UNVERIFIED, the table of confirm has both NOT_FOUND_PAYMENT and NOT_FOUND_PAYMENT_SESSION.
      if (!record) return refusal('NOT_FOUND_PAYMENT', call.language);
      return refusedConfirm(simulator, call, asOf(record, now), parsed.data) ?? settle(simulator, call, record, now);
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

/** What keeps a payment from being asked of the bank at all. None of these touches it. */
function refusedConfirm(
  simulator: Simulator,
  call: Call,
  { payment, particulars }: PaymentRecord,
  asked: z.infer<typeof body>,
): Answer | undefined {
  const { language } = call;
  // Opened with the client key of the other pair: UNVERIFIED.
  const opener = simulator.options.keys.find((key) => key.client === particulars.clientKey);
  if (opener && opener.secret !== call.secretKey) return refusal('NOT_FOUND_PAYMENT_SESSION', language);
  // Ten minutes over (docs: payment status); a buyer still in the window: UNVERIFIED.
  if (payment.status === 'EXPIRED' || payment.status === 'READY') return refusal('NOT_FOUND_PAYMENT_SESSION', language);
  // Confirm of an ABORTED payment: UNVERIFIED.
  if (payment.status !== 'IN_PROGRESS') return refusal('ALREADY_PROCESSED_PAYMENT', language);
  // Toss refuses a changed amount (staff, developer community); with which code is UNVERIFIED. The payment stays IN_PROGRESS.
  if (payment.orderId !== asked.orderId) return refusal('INVALID_REQUEST', language, { detail: 'orderId' });
  if (payment.totalAmount !== asked.amount) return refusal('INVALID_REQUEST', language, { detail: 'amount' });
  if (asked.amount < minimumOf(particulars.choice.method)) return refusal('BELOW_MINIMUM_AMOUNT', language);
  if (particulars.choice.method === '계좌이체' && asked.amount > TRANSFER_MAXIMUM) {
    return refusal('EXCEEDS_TRANSFER_AMOUNT_MAXIMUM', language);
  }
  // Documented for key-in, virtual accounts and billing; that confirm answers it too is UNVERIFIED.
  if (simulator.store.orderIsApproved(payment.orderId, payment.paymentKey))
    return refusal('DUPLICATED_ORDER_ID', language);
  return undefined;
}

function settle(simulator: Simulator, call: Call, record: PaymentRecord, now: number): Answer {
  const { payment, particulars } = record;
  if (call.fault?.kind === 'decline') return decline(simulator, call, record);
  if (call.fault?.kind === 'wrong_amount')
    holdAnotherAmount(record, call.fault.wrongAmount ?? payment.totalAmount + 100);
  if (call.fault?.kind === 'wrong_order')
    payment.orderId = call.fault.wrongOrderId ?? `${payment.orderId.slice(0, 56)}-another`;
  approve(payment, particulars.choice, now);
  return approved(simulator, record, now);
}

/** Books the money of a payment that was just approved and answers it. A virtual account has brought nothing yet. */
export function approved(simulator: Simulator, record: PaymentRecord, now: number): Answer {
  const { payment } = record;
  record.expiresAt = null;
  const answer = success(payment);
  simulator.store.savePayment(record, answer.body);
  simulator.store.ledger.add(record, now, payment.status === 'DONE' ? payment.totalAmount : 0, 0);
  simulator.webhooks.paymentChanged(payment);
  return answer;
}

/** The buyer's or bank's no ends the payment (ABORTED); any other code leaves it as it was. */
function decline(simulator: Simulator, call: Call, record: PaymentRecord): Answer {
  const code = call.fault?.code ?? 'REJECT_CARD_PAYMENT';
  // NOT_FOUND_PAYMENT_SESSION is of the buyer's class too, but no bank has said anything.
  if (findError(code)?.class === 'B' && code !== 'NOT_FOUND_PAYMENT_SESSION') {
    abort(record.payment, record.particulars.choice, code);
    record.expiresAt = null;
    simulator.store.savePayment(record);
    simulator.webhooks.paymentChanged(record.payment);
  }
  return refusal(code, call.language, { ...(call.fault?.status !== undefined && { status: call.fault.status }) });
}

function holdAnotherAmount({ payment }: PaymentRecord, amount: number): void {
  Object.assign(payment, { totalAmount: amount, balanceAmount: amount, ...taxed(amount, payment.taxFreeAmount) });
}
