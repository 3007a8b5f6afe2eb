import { koreanTime } from './clock.ts';
import { messageOf } from './errors.ts';
import { MERCHANT_ID, newSecret, newTransactionKey } from './identifiers.ts';
import { methodDetailsOf, receiptUrl, type Choice, type MethodDetails } from './payment-method.ts';

export type PaymentStatus =
  | 'READY'
  | 'IN_PROGRESS'
  | 'WAITING_FOR_DEPOSIT'
  | 'DONE'
  | 'CANCELED'
  | 'PARTIAL_CANCELED'
  | 'ABORTED'
  | 'EXPIRED';

export interface Cancel {
  transactionKey: string;
  cancelReason: string;
  taxExemptionAmount: number;
  canceledAt: string;
  transferDiscountAmount: number;
  easyPayDiscountAmount: number;
  receiptKey: string | null;
  cancelStatus: 'DONE';
  cancelRequestId: string | null;
  cancelAmount: number;
  taxFreeAmount: number;
  refundableAmount: number;
}

/** Toss's Payment object, version 2022-11-16. Every key is present, absent values are null (docs: core API). */
export interface Payment extends MethodDetails {
  mId: string;
  lastTransactionKey: string | null;
  paymentKey: string;
  orderId: string;
  orderName: string;
  taxExemptionAmount: number;
  status: PaymentStatus;
  requestedAt: string;
  approvedAt: string | null;
  useEscrow: boolean | null;
  cultureExpense: boolean;
  giftCertificate: null;
  cashReceipt: null;
  cashReceipts: null;
  discount: null;
  cancels: Cancel[] | null;
  secret: string | null;
  type: 'NORMAL' | 'BILLING';
  country: string;
  failure: { code: string; message: string } | null;
  isPartialCancelable: boolean;
  receipt: { url: string } | null;
  checkout: { url: string };
  currency: string;
  totalAmount: number;
  balanceAmount: number;
  suppliedAmount: number;
  vat: number;
  taxFreeAmount: number;
  metadata: Record<string, string> | null;
  version: string;
}

/** What Toss knows of a payment but does not show in the Payment object. */
export interface Particulars {
  choice: Choice;
  customerKey: string | null;
  /** The client key that opened the window. null: the control plane created the payment */
  clientKey: string | null;
  /** In milliseconds, for the one-second rule between cancels: `canceledAt` has whole seconds. */
  lastCancelAt: number | null;
}

export interface PaymentRecord {
  payment: Payment;
  particulars: Particulars;
  /** When an unfinished payment expires. null: it is finished */
  expiresAt: number | null;
}

/** The buyer has 30 minutes in the window (docs: payment status). */
export const WINDOW_MS = 30 * 60 * 1000;
/** The merchant has 10 minutes to confirm (docs: payment status). */
export const CONFIRM_MS = 10 * 60 * 1000;

const NO_METHOD_DETAILS: MethodDetails = {
  card: null,
  virtualAccount: null,
  transfer: null,
  mobilePhone: null,
  easyPay: null,
  method: null,
};

/**
 * VAT is computed from the remaining amount: an eleventh of the taxed part, rounded half up (docs; true for every
 * captured body). The supplied amount beside a tax-free part is UNVERIFIED.
 */
export function taxed(balance: number, taxFree: number): { suppliedAmount: number; vat: number } {
  const vat = Math.round((balance - taxFree) / 11);
  return { suppliedAmount: balance - vat - taxFree, vat };
}

export interface NewPayment {
  paymentKey: string;
  orderId: string;
  orderName: string;
  amount: number;
  currency?: string;
  type?: 'NORMAL' | 'BILLING';
  taxFreeAmount?: number;
  metadata?: Record<string, string> | null;
}

/** A payment before a method was used. That READY bodies look like this is inferred from a captured EXPIRED body. */
export function newPayment(order: NewPayment, status: PaymentStatus, now: number): Payment {
  const taxFreeAmount = order.taxFreeAmount ?? 0;
  return {
    mId: MERCHANT_ID,
    lastTransactionKey: null,
    paymentKey: order.paymentKey,
    orderId: order.orderId,
    orderName: order.orderName,
    taxExemptionAmount: 0,
    status,
    requestedAt: koreanTime(now),
    approvedAt: null,
    useEscrow: null,
    cultureExpense: false,
    ...NO_METHOD_DETAILS,
    giftCertificate: null,
    cashReceipt: null,
    cashReceipts: null,
    discount: null,
    cancels: null,
    secret: null,
    type: order.type ?? 'NORMAL',
    country: 'KR',
    failure: null,
    isPartialCancelable: true,
    receipt: null,
    checkout: { url: `https://api.tosspayments.com/v1/payments/${order.paymentKey}/checkout` },
    currency: order.currency ?? 'KRW',
    totalAmount: order.amount,
    balanceAmount: order.amount,
    ...taxed(order.amount, taxFreeAmount),
    taxFreeAmount,
    metadata: order.metadata ?? null,
    version: '2022-11-16',
  };
}

/** DONE, or WAITING_FOR_DEPOSIT for a virtual account, without `approvedAt` until the deposit (captured body). */
export function approve(payment: Payment, choice: Choice, now: number): void {
  Object.assign(payment, methodDetailsOf(choice, payment.paymentKey, payment.totalAmount, now));
  payment.status = payment.virtualAccount ? 'WAITING_FOR_DEPOSIT' : 'DONE';
  payment.approvedAt = payment.virtualAccount ? null : koreanTime(now);
  payment.lastTransactionKey = newTransactionKey();
  payment.secret = newSecret();
  payment.useEscrow = false;
  payment.receipt = { url: receiptUrl(payment.paymentKey, payment.virtualAccount !== null) };
}

/** ABORTED with the reason (docs: error codes, `failure`). `approvedAt` stays null. */
export function abort(payment: Payment, choice: Choice, code: string): void {
  payment.status = 'ABORTED';
  payment.method = choice.method;
  payment.lastTransactionKey = newTransactionKey();
  payment.failure = { code, message: messageOf(code, 'ko') };
}

export function expire(payment: Payment): void {
  payment.status = 'EXPIRED';
  payment.failure = { code: 'EXPIRED_PAYMENT', message: '결제가 만료되었습니다. 다시 시도해주세요.' };
}

/**
 * The payment at the time `now`: READY and IN_PROGRESS expire. A virtual account past its due date stays
 * WAITING_FOR_DEPOSIT with `expired` (docs: payment status, webhooks).
 */
export function asOf(record: PaymentRecord, now: number): PaymentRecord {
  if (record.expiresAt !== null && record.expiresAt <= now) expire(record.payment);
  const account = record.payment.virtualAccount;
  if (account && record.payment.status === 'WAITING_FOR_DEPOSIT') account.expired = Date.parse(account.dueDate) < now;
  return record;
}
