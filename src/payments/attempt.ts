import { Prisma, type Payment, type Plan, type Refund, type Subscription } from '../platform/database/index.ts';
import type { MerchantAccount } from '../providers/index.ts';

/** A payment with its plan as it is today, and what was given back of it. Without `refunds` there can be none yet. */
export type PaymentWithPlan = Payment & { plan: Plan; refunds?: Pick<Refund, 'amount' | 'status' | 'createdAt'>[] };

/** What a read of a payment includes. */
export const withPlan = {
  plan: true,
  refunds: { select: { amount: true, status: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
} satisfies Prisma.PaymentInclude;

/** One request to the provider: everything that is needed to repeat it word for word. */
export interface Attempt {
  payment: PaymentWithPlan;
  /** 1 for the first attempt of an order. */
  number: number;
  /** The provider's id of the payment. null: a charge that the provider has not answered; it makes the id */
  providerRef: string | null;
  /** The payment method on file that is charged. null: the buyer authenticated, and the provider is asked to confirm */
  paymentMethodId: string | null;
  idempotencyKey: string;
  requestedAt: Date;
  /** Its outcome was recorded, if only as unknown: no request waits for the answer any more. */
  isAnswered: boolean;
  /** The buyer's live subscription as it was when this was read; who writes it checks its version. */
  subscription: Subscription | null;
}

/** Which of our accounts at the provider a payment belongs to. */
export function accountOf({ paymentMethodId }: Pick<Payment, 'paymentMethodId'>): MerchantAccount {
  return paymentMethodId === null ? 'main' : 'billing';
}
