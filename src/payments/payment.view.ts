import { z } from 'zod';
import type { Language } from '../platform/problem.ts';
import { PaymentStatus, RefundStatus } from '../platform/database/index.ts';
import { planView, viewPlan } from '../catalog/index.ts';
import { bankName, describePaymentMethod, UNKNOWN_METHOD } from '../providers/index.ts';
import { isPaid } from './payment.machine.ts';
import type { PaymentDetails } from './payment.ts';
import type { VirtualAccount } from './display.ts';

const virtualAccountView = z.object({
  bankCode: z.string().nullable(),
  bank: z.string().nullable(),
  accountNumber: z.string(),
  customerName: z.string().nullable(),
  dueDate: z.string().nullable(),
});

const paymentRefundView = z.object({ amount: z.int(), status: z.enum(RefundStatus), createdAt: z.iso.datetime() });

export const paymentView = z
  .object({
    orderId: z.string(),
    userId: z.string(),
    planId: z.int(),
    orderName: z.string(),
    amount: z.int().describe('whole won'),
    refundedAmount: z.int().describe('whole won'),
    currency: z.string(),
    status: z.enum(PaymentStatus),
    method: z.string().nullable().describe("Toss's word: 카드, 간편결제, 가상계좌, ..."),
    paymentMethod: z
      .string()
      .nullable()
      .describe('what a buyer would call it: 신한카드, 토스페이, ...; 알 수 없음 where a paid one does not tell'),
    paymentKey: z.string().nullable(),
    approvedAt: z.iso.datetime().nullable().describe("Toss's word"),
    receiptUrl: z.string().nullable(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    virtualAccount: virtualAccountView.nullable(),
    refunds: z.array(paymentRefundView).describe('oldest first; more of each: `GET /v1/refunds?orderId`'),
    createdAt: z.iso.datetime(),
    plan: planView,
  })
  .meta({ id: 'Payment' });

export type PaymentView = z.infer<typeof paymentView>;

export function viewPayment(payment: PaymentDetails, language: Language): PaymentView {
  const method = describePaymentMethod(payment) ?? (isPaid(payment.status) ? UNKNOWN_METHOD : null);
  const account = payment.virtualAccount as VirtualAccount | null;
  return {
    orderId: payment.orderId,
    userId: payment.userId,
    planId: payment.invoice.planId,
    orderName: payment.invoice.orderName,
    amount: payment.amount,
    refundedAmount: payment.refundedAmount,
    currency: payment.currency,
    status: payment.status,
    method: payment.method,
    paymentMethod: method?.[language] ?? null,
    paymentKey: payment.providerRef,
    approvedAt: payment.approvedAt?.toISOString() ?? null,
    receiptUrl: payment.receiptUrl,
    failure: payment.failureCode === null ? null : { code: payment.failureCode, message: payment.failureMessage ?? '' },
    virtualAccount: account && {
      ...account,
      bank: account.bankCode === null ? null : bankName(account.bankCode)[language],
    },
    refunds: (payment.refunds ?? []).map(({ amount, status, createdAt }) => ({
      amount,
      status,
      createdAt: createdAt.toISOString(),
    })),
    createdAt: payment.createdAt.toISOString(),
    plan: viewPlan(payment.invoice.plan),
  };
}
