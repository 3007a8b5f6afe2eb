import type { InvoiceWithPlan } from '../invoices/index.ts';
import { type Payment, Prisma, type Refund } from '../platform/database/index.ts';
import type { MerchantAccount } from '../providers/index.ts';

/** A payment with what it pays, and what was given back of it. Without `refunds` there can be none yet. */
export type PaymentWithInvoice = Payment & {
  invoice: InvoiceWithPlan;
  refunds?: Pick<Refund, 'amount' | 'status' | 'createdAt'>[];
};

/** What a read of a payment includes, besides the plan. */
export const withInvoice = {
  invoice: true,
  refunds: { select: { amount: true, status: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
} satisfies Prisma.PaymentInclude;

/** Which of our accounts at the provider a payment belongs to. */
export function accountOf({ paymentMethodId }: Pick<Payment, 'paymentMethodId'>): MerchantAccount {
  return paymentMethodId === null ? 'main' : 'billing';
}
