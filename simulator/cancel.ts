import { z } from 'zod';
import { koreanTime } from './clock.ts';
import { refusal, success, type Answer, type Language } from './errors.ts';
import { newTransactionKey } from './identifiers.ts';
import { amount, numeric } from './numbers.ts';
import { bankCodeOf } from './organisations.ts';
import { asOf, taxed, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';
import type { Operation } from './toss-api.ts';

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

/** Of two cancels of one payment within a second only the first is processed (older guide on cancelling). */
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
        return refusal('INVALID_REQUEST', call.language, { detail: parsed.error.issues[0]?.path.join('.') || 'body' });
      }
      return cancelPayment(simulator, record, parsed.data, call.language);
    },
  };
}

export function cancelPayment(
  simulator: Simulator,
  record: PaymentRecord,
  asked: CancelRequest,
  language: Language,
): Answer {
  const now = simulator.clock.now();
  const { payment } = asOf(record, now);
  const refused =
    refusedCancel(record, asked, language) ??
    (payment.virtualAccount ? refusedRefund(record, asked, language) : undefined);
  if (refused) return refused;
  const { lastCancelAt } = record.particulars;
  if (lastCancelAt !== null && now - lastCancelAt < CONSECUTIVE_MS)
    return refusal('FORBIDDEN_CONSECUTIVE_REQUEST', language);
  return apply(simulator, record, asked, now);
}

/** State first, so that asking again for what is done says so; amounts after it. */
function refusedCancel({ payment }: PaymentRecord, asked: CancelRequest, language: Language): Answer | undefined {
  // The two codes for "nothing left" differ: one step, or a history of partial cancels (measured).
  if (payment.status === 'CANCELED') return refusal('ALREADY_CANCELED_PAYMENT', language);
  if (!['DONE', 'PARTIAL_CANCELED', 'WAITING_FOR_DEPOSIT'].includes(payment.status)) {
    return refusal('NOT_CANCELABLE_PAYMENT', language);
  }
  if (payment.balanceAmount === 0) return refusal('NOT_CANCELABLE_AMOUNT', language);
  if (asked.currency != null && asked.currency !== payment.currency) return refusal('INVALID_CURRENCY', language);
  // The optimistic check: nothing is done when the caller's idea of the balance is old (docs; measured).
  if (asked.refundableAmount != null && asked.refundableAmount !== payment.balanceAmount) {
    return refusal('NOT_MATCHES_REFUNDABLE_AMOUNT', language);
  }
  if ((asked.cancelAmount ?? 0) > payment.balanceAmount) return refusal('NOT_CANCELABLE_AMOUNT', language);
  return undefined;
}

/** A virtual account: whole and without an account before the deposit, with one after it (docs: cancelling a payment). */
function refusedRefund({ payment }: PaymentRecord, asked: CancelRequest, language: Language): Answer | undefined {
  if (payment.status === 'WAITING_FOR_DEPOSIT') {
    const partial = asked.cancelAmount != null && asked.cancelAmount !== payment.balanceAmount;
    return partial ? refusal('NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT', language) : undefined;
  }
  const account = asked.refundReceiveAccount;
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
 * CANCELED only when it was done in one step; partial cancels that add up to the total stay PARTIAL_CANCELED with
 * balance 0 (measured). VAT is recomputed from what is left.
 */
function apply(simulator: Simulator, record: PaymentRecord, asked: CancelRequest, now: number): Answer {
  const { payment } = record;
  const deposited = payment.status !== 'WAITING_FOR_DEPOSIT';
  const cancelAmount = asked.cancelAmount ?? payment.balanceAmount;
  const balance = payment.balanceAmount - cancelAmount;
  const taxFree = Math.max(0, payment.taxFreeAmount - (asked.taxFreeAmount ?? 0));
  payment.status = balance === 0 && payment.cancels === null ? 'CANCELED' : 'PARTIAL_CANCELED';
  payment.lastTransactionKey = newTransactionKey();
  payment.cancels = [
    ...(payment.cancels ?? []),
    {
      transactionKey: payment.lastTransactionKey,
      cancelReason: asked.cancelReason,
      taxExemptionAmount: 0,
      canceledAt: koreanTime(now),
      transferDiscountAmount: 0,
      easyPayDiscountAmount: 0,
      receiptKey: null,
      cancelStatus: 'DONE',
      cancelRequestId: null,
      cancelAmount,
      taxFreeAmount: asked.taxFreeAmount ?? 0,
      refundableAmount: balance,
    },
  ];
  Object.assign(payment, { balanceAmount: balance, taxFreeAmount: taxFree, ...taxed(balance, taxFree) });
  record.particulars.lastCancelAt = now;
  const answer = success(payment);
  simulator.store.savePayment(record, answer.body);
  simulator.store.ledger.add(record, now, 0, deposited ? cancelAmount : 0);
  simulator.webhooks.paymentChanged(payment);
  return answer;
}
