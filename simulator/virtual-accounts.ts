import { z } from 'zod';
import { approved } from './confirm.ts';
import { koreanTime } from './clock.ts';
import { invalidRequest, refusal, type ApiResponse } from './errors.ts';
import { newPaymentKey, newTransactionKey } from './identifiers.ts';
import { amount } from './numbers.ts';
import { bankCodeOf } from './organisations.ts';
import { approve, newPayment, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './operation.ts';

/** 2160 hours or 90 days at most (docs: core API reference; older copies say 30 days). */
const MAX_HOURS = 2160;

const body = z.object({
  amount,
  // A number below six characters was accepted in a captured request: the minimum is not enforced here.
  orderId: z.coerce
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9_=-]+$/),
  orderName: z.string().min(1).max(100),
  customerName: z.string().min(1).max(100),
  bank: z.string(),
  validHours: z.coerce.number().int().positive().nullish(),
  dueDate: z.string().nullish(),
});

/** `POST /v1/virtual-accounts`: an account without a window (docs: core API reference). */
export function issueVirtualAccount(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/virtual-accounts',
    on: 'virtual_account',
    subject: (call) => ({ orderId: String((call.body as { orderId?: unknown } | null)?.orderId ?? '') }),
    run: (call) => issue(simulator, call),
  };
}

function issue(simulator: Simulator, { body: given, language }: Call): ApiResponse {
  const parsed = body.safeParse(given);
  if (!parsed.success) return invalidRequest(parsed.error, language);
  const { amount: total, orderId, orderName, customerName, bank, validHours, dueDate } = parsed.data;
  const now = simulator.clock.now();
  const bankCode = bankCodeOf(bank);
  if (!bankCode) return refusal('INVALID_BANK', language);
  // A date without an offset is Korean time (docs: core API reference).
  const dueAt = dueDate == null ? undefined : Date.parse(/[+Z]/.test(dueDate) ? dueDate : `${dueDate}+09:00`);
  const refused = refusedDueDate(validHours ?? undefined, dueAt, now);
  if (refused) return refusal(refused, language);
  const paymentKey = newPaymentKey(now);
  if (simulator.store.orderIsApproved(orderId, paymentKey)) return refusal('DUPLICATED_ORDER_ID', language);
  const payment = newPayment({ paymentKey, orderId, orderName, amount: total }, 'READY', now);
  const choice = {
    method: '가상계좌' as const,
    bankCode,
    customerName,
    ...(validHours != null && { validHours }),
    ...(dueAt !== undefined && { dueAt }),
  };
  const record: PaymentRecord = {
    payment,
    expiresAt: null,
    particulars: { choice, customerKey: null, clientKey: null, lastCancelAt: null },
  };
  approve(payment, choice, now);
  simulator.store.insertPayment(record);
  return approved(simulator, record, now);
}

function refusedDueDate(validHours: number | undefined, dueAt: number | undefined, now: number): string | undefined {
  if (validHours !== undefined && dueAt !== undefined) return 'INVALID_VALID_HOURS_WITH_DUE_DATE_AND_SINGLE';
  if (validHours !== undefined && validHours > MAX_HOURS) return 'EXCEED_MAX_VALID_HOURS';
  if (dueAt !== undefined && !(dueAt > now)) return 'INVALID_DATE';
  if (dueAt !== undefined && dueAt > now + MAX_HOURS * 3_600_000) return 'EXCEED_MAX_DUE_DATE';
  return undefined;
}

/** The buyer's deposit. The bank accepts only the exact amount, in one transfer (docs: virtual account). */
export function deposit(simulator: Simulator, record: PaymentRecord): string | undefined {
  const { payment } = record;
  const account = payment.virtualAccount;
  if (!account || payment.status !== 'WAITING_FOR_DEPOSIT') return 'not a virtual account that waits for a deposit';
  const now = simulator.clock.now();
  if (Date.parse(account.dueDate) < now) return 'the account is past its due date: the bank refuses the deposit';
  account.depositorName = account.customerName;
  payment.status = 'DONE';
  payment.approvedAt = koreanTime(now);
  payment.lastTransactionKey = newTransactionKey();
  approved(simulator, record, now);
  return undefined;
}

/** The bank reverses the deposit: DONE becomes WAITING_FOR_DEPOSIT within minutes (docs: webhook events; staff). */
export function revertDeposit(simulator: Simulator, record: PaymentRecord): string | undefined {
  const { payment } = record;
  const isPaid = payment.status === 'DONE' || payment.status === 'PARTIAL_CANCELED';
  if (!payment.virtualAccount || !isPaid) return 'not a virtual account with its deposit';
  const now = simulator.clock.now();
  payment.virtualAccount.depositorName = null;
  payment.status = 'WAITING_FOR_DEPOSIT';
  payment.approvedAt = null;
  payment.lastTransactionKey = newTransactionKey();
  simulator.store.savePayment(record);
  // Not a refund: the money that came in is reversed in the ledger.
  simulator.store.ledger.add(record, now, -payment.totalAmount, 0);
  simulator.webhooks.paymentChanged(payment);
  return undefined;
}
