import type { InvoiceWithPlan } from '../../invoices/index.ts';
import type { Payment, Subscription } from '../../platform/database/index.ts';
import type { MerchantAccount } from '../../providers/index.ts';

/** One request to the provider: everything that is needed to repeat it word for word. */
export interface Attempt {
  payment: Payment;
  /** What is paid. */
  invoice: InvoiceWithPlan;
  /** 1 for the first attempt of an order. */
  number: number;
  /** The provider's id of the payment. null: a charge that the provider has not answered; it makes the id */
  providerRef: string | null;
  /** Which of our accounts at the provider is called. */
  merchantAccount: MerchantAccount;
  /** The payment method on file that is charged. null: the buyer authenticated, and the provider confirms */
  paymentMethodId: string | null;
  idempotencyKey: string;
  requestedAt: Date;
  /** Its outcome was recorded, if only as unknown: no request waits for the answer any more. */
  isAnswered: boolean;
  /** The buyer's live subscription as it was when this was read; who writes it checks its version. */
  subscription: Subscription | null;
}
