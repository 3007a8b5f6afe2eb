import type { Plan } from '../catalog/index.ts';
import { Prisma, type Payment, type Refund } from '../platform/database/index.ts';
import type { MerchantAccount } from '../providers/index.ts';

/** A payment with its plan as it is today, and what was given back of it. Without `refunds` there can be none yet. */
export type PaymentWithPlan = Payment & { plan: Plan; refunds?: Pick<Refund, 'amount' | 'status' | 'createdAt'>[] };

/** What a read of a payment includes, besides its plan. */
export const withRefunds = {
  refunds: { select: { amount: true, status: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
} satisfies Prisma.PaymentInclude;

/** Which of our accounts at the provider a payment belongs to. */
export function accountOf({ paymentMethodId }: Pick<Payment, 'paymentMethodId'>): MerchantAccount {
  return paymentMethodId === null ? 'main' : 'billing';
}
