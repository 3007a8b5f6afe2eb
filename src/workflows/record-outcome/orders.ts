import type { Payment, Prisma } from '../../platform/database/index.ts';
import {
  chargeTerms,
  type CurrentSubscription,
  type OrderedChange,
  type PurchaseTerms,
} from '../../subscriptions/index.ts';

/** What an order is, however it is paid. */
export type Order = Pick<
  Payment,
  | 'orderId'
  | 'planId'
  | 'amount'
  | 'balanceUsed'
  | 'durationMonths'
  | 'paymentMethodId'
  | 'subscriptionId'
  | 'dueAt'
  | 'status'
> & { change: Prisma.JsonValue };

/**
 * What the order buys. Only what was quoted as a change takes another plan's place; anything else follows the time that
 * is held.
 *
 * @param refundedAmount what has gone back of it already, in won
 */
export function boughtBy(order: Order, refundedAmount: number): PurchaseTerms {
  const price = order.amount + order.balanceUsed;
  const change = order.change as unknown as OrderedChange | null;
  return {
    orderId: order.orderId,
    planId: order.planId,
    months: order.durationMonths!,
    value: price - refundedAmount,
    price: change?.price ?? price,
    takesOver: change !== null,
    isOrdered: true,
    paymentMethodId: order.paymentMethodId,
    renews: order.subscriptionId !== null,
  };
}

/**
 * Whether what was ordered is no longer to be had. A change is for the subscription as it was quoted for, and no other;
 * once the period is over, its difference buys nothing: it was never the price of a period. A first charge begins a
 * subscription, for a buyer who has none.
 */
export function isOutdated(order: Order, current: CurrentSubscription | null, now: Date): boolean {
  if (order.subscriptionId !== null) return !renews(order, current);
  if (order.paymentMethodId !== null) return current !== null;
  const change = order.change as unknown as OrderedChange | null;
  if (change === null) return false;
  const { id, version, endDate } = current?.subscription ?? {};
  return id !== change.subscriptionId || version !== change.version || endDate === undefined || endDate <= now;
}

/**
 * A renewal is for the period that was due, of the subscription that waits for its outcome: if the buyer stopped it and
 * paid for that period by hand, it is not charged again. One that had failed, and is approved after all, still counts
 * while nothing else renews the period that it was for, and the buyer has agreed to nothing else since.
 */
function renews(order: Order, current: CurrentSubscription | null): boolean {
  const subscription = current?.subscription;
  if (subscription?.id !== order.subscriptionId) return false;
  if (subscription?.endDate.getTime() !== order.dueAt?.getTime()) return false;
  if (subscription.renewalOrderId !== null) return subscription.renewalOrderId === order.orderId;
  const terms = chargeTerms(subscription);
  const isAgreed = terms.planId === order.planId && terms.price >= order.amount + order.balanceUsed;
  return order.status === 'FAILED' && isAgreed;
}
