import type { InvoiceWithPlan } from '../invoices/index.ts';
import { type Payment, type PaymentAttempt, Prisma, type Refund } from '../platform/database/index.ts';
import type { MerchantAccount } from '../providers/index.ts';

/** A payment with what it pays, and what was given back of it. Without `refunds` there can be none yet. */
export type PaymentDetails = Payment & {
  invoice: InvoiceWithPlan;
  refunds?: Pick<Refund, 'amount' | 'status' | 'createdAt'>[];
};

/** What a read of a payment includes, besides the plan. */
export const withInvoice = {
  invoice: true,
  refunds: { select: { amount: true, status: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
} satisfies Prisma.PaymentInclude;

/**
 * Which of our accounts at the provider a payment belongs to, or an attempt went to.
 *
 * @throws Error where no provider was requested
 */
export function merchantAccountOf({
  orderId,
  merchantAccount,
}: Pick<Payment | PaymentAttempt, 'orderId' | 'merchantAccount'>): MerchantAccount {
  if (merchantAccount === null) throw new Error(`no provider was requested for ${orderId}`);
  return merchantAccount as MerchantAccount;
}
