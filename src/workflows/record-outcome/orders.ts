import type { Invoice, Payment } from '../../platform/database/index.ts';
import {
  chargeTerms,
  type CurrentSubscription,
  type OrderedChange,
  type PurchaseTerms,
} from '../../subscriptions/index.ts';

/** What is ordered, and how it is paid. */
export interface Order {
  invoice: Pick<
    Invoice,
    'orderId' | 'planId' | 'amount' | 'balanceUsed' | 'durationMonths' | 'subscriptionId' | 'dueAt' | 'change'
  >;
  payment: Pick<Payment, 'paymentMethodId' | 'status'>;
}

/**
 * What the order buys. Only what was quoted as a change takes another plan's place; anything else follows the time that
 * was bought before.
 *
 * @param refundedAmount what has gone back of it already, in won
 */
export function boughtBy({ invoice, payment }: Order, refundedAmount: number): PurchaseTerms {
  const price = invoice.amount + invoice.balanceUsed;
  const change = invoice.change as unknown as OrderedChange | null;
  return {
    orderId: invoice.orderId,
    planId: invoice.planId,
    months: invoice.durationMonths!,
    value: price - refundedAmount,
    price: change?.price ?? price,
    takesOver: change !== null,
    isOrdered: true,
    paymentMethodId: payment.paymentMethodId,
    renews: invoice.subscriptionId !== null,
  };
}

/**
 * Whether what was ordered is no longer available. A change is for the subscription as it was quoted for, and no other;
 * once the period is over, its difference buys nothing: it was never the price of a period. A first charge begins a
 * subscription, for a buyer who has none.
 */
export function isOutdated(order: Order, current: CurrentSubscription | null, now: Date): boolean {
  const { invoice, payment } = order;
  if (invoice.subscriptionId !== null) return !renews(order, current);
  if (payment.paymentMethodId !== null) return current !== null;
  const change = invoice.change as unknown as OrderedChange | null;
  if (change === null) return false;
  const { id, version, endDate } = current?.subscription ?? {};
  return id !== change.subscriptionId || version !== change.version || endDate === undefined || endDate <= now;
}

/**
 * A renewal is for the period that was due, of the subscription that waits for its outcome: if the buyer stopped it and
 * paid for that period in the payment window, it is not charged again. One that had failed, and is approved after all,
 * still counts while nothing else renews the period that it was for, and the buyer has agreed to nothing else since.
 */
function renews({ invoice, payment }: Order, current: CurrentSubscription | null): boolean {
  const subscription = current?.subscription;
  if (subscription?.id !== invoice.subscriptionId) return false;
  if (subscription?.endDate.getTime() !== invoice.dueAt?.getTime()) return false;
  if (subscription.renewalOrderId !== null) return subscription.renewalOrderId === invoice.orderId;
  const terms = chargeTerms(subscription);
  const isAgreed = terms.planId === invoice.planId && terms.price >= invoice.amount + invoice.balanceUsed;
  return payment.status === 'FAILED' && isAgreed;
}
