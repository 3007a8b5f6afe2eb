import { z } from 'zod';
import { koreanTime } from './clock.ts';
import { invalidRequest, refusal, success, type ApiResponse, type Language } from './errors.ts';
import { newTransactionKey } from './identifiers.ts';
import { amount, numeric } from './numbers.ts';
import { bankCodeOf } from './organisations.ts';
import { asOf, taxed, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';
import type { Operation } from './operation.ts';

const body = z.object({
  cancelReason: z.string().min(1).max(200),
  // Zero and less: the code is UNVERIFIED, INVALID_REQUEST chosen.
  cancelAmount: amount.nullish(),
  refundableAmount: numeric.nullish(),
  currency: z.string().nullish(),
  taxFreeAmount: numeric.nullish(),
  refundReceiveAccount: z.object({ bank: z.string(), accountNumber: z.string(), holderName: z.string() }).nullish(),
});

export type CancelRequest = z.infer<typeof body>;

/** Two cancels of one payment within a second: only the first is processed (older guide on cancelling). */
const CONSECUTIVE_MS = 1000;

/** `POST /v1/payments/{paymentKey}/cancel` (docs: core API reference; arithmetic measured by a public project). */
export function cancel(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/payments/:paymentKey/cancel',
    on: 'cancel',
    subject: ({ params: { paymentKey = '' } }) => ({
      paymentKey,
      orderId: simulator.store.paymentByKey(paymentKey)?.payment.orderId,
    }),
    run(call) {
      const record = simulator.store.paymentByKey(call.params.paymentKey ?? '');
      if (!record) return refusal('NOT_FOUND_PAYMENT', call.language);
      const parsed = body.safeParse(call.body);
      if (!parsed.success) {
        return invalidRequest(parsed.error, call.language);
      }
      return cancelPayment(simulator, record, parsed.data, call.language);
    },
  };
}

export function cancelPayment(
  simulator: Simulator,
  record: PaymentRecord,
  request: CancelRequest,
  language: Language,
): ApiResponse {
  const now = simulator.clock.now();
  const { payment } = asOf(record, now);
  const refused =
    refusedCancel(record, request, language) ??
    (payment.virtualAccount ? refusedRefund(record, request, language) : undefined);
  if (refused) return refused;
  const { lastCancelAt } = record.particulars;
  if (lastCancelAt !== null && now - lastCancelAt < CONSECUTIVE_MS)
    return refusal('FORBIDDEN_CONSECUTIVE_REQUEST', language);
  return apply(simulator, record, request, now);
}

/** Checks the status first, so that a repeated cancel has its own code, then the amounts. */
function refusedCancel(
  { payment }: PaymentRecord,
  request: CancelRequest,
  language: Language,
): ApiResponse | undefined {
  // Fully cancelled in one step or by partial cancels: the codes differ (measured).
  if (payment.status === 'CANCELED') return refusal('ALREADY_CANCELED_PAYMENT', language);
  if (!['DONE', 'PARTIAL_CANCELED', 'WAITING_FOR_DEPOSIT'].includes(payment.status)) {
    return refusal('NOT_CANCELABLE_PAYMENT', language);
  }
  if (payment.balanceAmount === 0) return refusal('NOT_CANCELABLE_AMOUNT', language);
  if (request.currency != null && request.currency !== payment.currency) return refusal('INVALID_CURRENCY', language);
  // Optimistic locking: refused if the caller's balance is outdated (docs; measured).
  if (request.refundableAmount != null && request.refundableAmount !== payment.balanceAmount) {
    return refusal('NOT_MATCHES_REFUNDABLE_AMOUNT', language);
  }
  if ((request.cancelAmount ?? 0) > payment.balanceAmount) return refusal('NOT_CANCELABLE_AMOUNT', language);
  return undefined;
}

/** Before the deposit: in full and without an account. After it: with an account (docs: cancelling a payment). */
function refusedRefund(
  { payment }: PaymentRecord,
  request: CancelRequest,
  language: Language,
): ApiResponse | undefined {
  if (payment.status === 'WAITING_FOR_DEPOSIT') {
    const partial = request.cancelAmount != null && request.cancelAmount !== payment.balanceAmount;
    return partial ? refusal('NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT', language) : undefined;
  }
  const account = request.refundReceiveAccount;
  // The code for a missing account: UNVERIFIED.
  if (!account) return refusal('INVALID_REQUEST', language, { detail: 'refundReceiveAccount' });
  if (!bankCodeOf(account.bank)) return refusal('INVALID_BANK', language);
  if (!/^\d{1,20}$/.test(account.accountNumber)) return refusal('INVALID_REFUND_ACCOUNT_NUMBER', language);
  if (account.holderName.length === 0 || account.holderName.length > 60) {
    return refusal('INVALID_REFUND_ACCOUNT_INFO', language);
  }
  return undefined;
}

/**
 * One full cancel gives CANCELED. Partial cancels that add up to the total stay PARTIAL_CANCELED with balance 0
 * (measured). VAT is computed from the remaining amount.
 */
function apply(simulator: Simulator, record: PaymentRecord, request: CancelRequest, now: number): ApiResponse {
  const { payment } = record;
  const isPaid = payment.status !== 'WAITING_FOR_DEPOSIT';
  const cancelAmount = request.cancelAmount ?? payment.balanceAmount;
  const balance = payment.balanceAmount - cancelAmount;
  const taxFree = Math.max(0, payment.taxFreeAmount - (request.taxFreeAmount ?? 0));
  payment.status = balance === 0 && payment.cancels === null ? 'CANCELED' : 'PARTIAL_CANCELED';
  payment.lastTransactionKey = newTransactionKey();
  payment.cancels = [
    ...(payment.cancels ?? []),
    {
      transactionKey: payment.lastTransactionKey,
      cancelReason: request.cancelReason,
      taxExemptionAmount: 0,
      canceledAt: koreanTime(now),
      transferDiscountAmount: 0,
      easyPayDiscountAmount: 0,
      receiptKey: null,
      cancelStatus: 'DONE',
      cancelRequestId: null,
      cancelAmount,
      taxFreeAmount: request.taxFreeAmount ?? 0,
      refundableAmount: balance,
    },
  ];
  Object.assign(payment, { balanceAmount: balance, taxFreeAmount: taxFree, ...taxed(balance, taxFree) });
  record.particulars.lastCancelAt = now;
  const response = success(payment);
  simulator.store.savePayment(record, response.body);
  simulator.store.ledger.add(record, now, 0, isPaid ? cancelAmount : 0);
  simulator.webhooks.paymentChanged(payment);
  return response;
}
