import { invoiceAfter } from '../../invoices/index.ts';
import { displayOf, paymentEvent, paymentStatusesBefore, refundedEvent } from '../../payments/index.ts';
import { type Attempt } from '../begin-attempt/index.ts';
import type { NewEvent } from '../../outbox/index.ts';
import type { Invoice, Payment, Subscription } from '../../platform/database/index.ts';
import type { ProviderPayment } from '../../providers/index.ts';
import { detached, type Grant } from '../../subscriptions/index.ts';
import type { Changes, PaymentValues, SubscriptionChange } from './changes.ts';

/** What is known of a paid order, and what it grants. */
export interface PaidFacts {
  payment: PaidPayment;
  /** What was paid. */
  invoice: Invoice;
  /** The attempt that was approved. null: an order of 0 won, which no provider collects */
  attempt: Attempt | null;
  /** What the provider shows. null: no provider */
  shown: ProviderPayment | null;
  /** What the payment grants. null: no time (an event, all of it went back, or what was ordered is outdated) */
  grant: Grant | null;
  /** What was ordered is no longer available. */
  isOutdated: boolean;
  /** Other payments of the order at the provider, which may have taken money too. */
  otherRefs: readonly string[];
}

/** A payment as it is once its outcome is recorded. */
export type PaidPayment = Payment & { status: 'SUCCESS' | 'PARTIALLY_REFUNDED' | 'REFUNDED' };

/** What of a payment has gone back by the time that its outcome is recorded, in won. */
export function refundedOf({ amount, balance, state }: ProviderPayment): number {
  return amount - (balance ?? (state === 'canceled' ? 0 : amount));
}

/** The payment as it will be. Pure. */
export function paidPayment({ payment, providerRef }: Attempt, shown: ProviderPayment, now: Date): PaidPayment {
  const refundedAmount = refundedOf(shown);
  const display = displayOf(shown);
  return {
    ...payment,
    ...display,
    depositSecretHash: display.depositSecretHash ?? payment.depositSecretHash,
    status: statusOf(shown.amount, refundedAmount),
    providerRef,
    refundedAmount,
    approvedAt: shown.approvedAt ?? now,
    failureCode: null,
    failureMessage: null,
    nextPollAt: null,
  };
}

function statusOf(amount: number, refunded: number): PaidPayment['status'] {
  if (refunded === 0) return 'SUCCESS';
  return refunded < amount ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
}

/** Everything that a paid order brings. Pure. */
export function paidChanges(
  { payment, invoice, attempt, shown, grant, isOutdated, otherRefs }: PaidFacts,
  now: Date,
): Changes {
  const { orderId, userId, amount, refundedAmount, status } = payment;
  const { durationMonths, planId, balanceUsed } = invoice;
  const remaining = amount - refundedAmount;
  // What was deposited cannot go back without an account of the buyer's: it is theirs to use, or an operator refunds
  // it.
  const isCredited = isOutdated && status !== 'REFUNDED';
  const isContribution = durationMonths === null && remaining > 0;
  const isRefunded = status === 'REFUNDED';
  const event = isRefunded
    ? refundedEvent(payment, invoice, refundedAmount)
    : paymentEvent('payment.succeeded', payment, invoice);
  return {
    payment: {
      orderId,
      userId,
      from: paymentStatusesBefore('paid'),
      attemptCount: null,
      unlessStopped: true,
      isOptional: false,
      to: valuesOf(payment, shown),
      endsCharge: attempt?.paymentMethodId != null,
      invoice: invoiceAfter(invoice.status, status),
    },
    attempt: attempt && { number: attempt.number, providerRef: attempt.providerRef, outcome: 'APPROVED', error: null },
    subscription: grant ? grantedBy(grant) : attempt && renewalEnded(attempt),
    balance: [
      ...(isCredited ? [{ amount: remaining, reason: 'kept' as const }] : []),
      ...(grant && balanceUsed !== 0 ? [{ amount: -balanceUsed, reason: 'used' as const }] : []),
      ...(grant && grant.balanceEntry !== 0 ? [{ amount: grant.balanceEntry, reason: 'change' as const }] : []),
    ],
    contribution: isContribution ? { planId, amount: remaining } : null,
    refunds: shown ? refundsIn(shown, now) : [],
    voids: otherRefs.map((providerRef) => ({ providerRef, reason: 'PAYMENT_SURPLUS' })),
    events: [...(grant ? [eventOf(grant, userId, orderId)] : []), event],
    jobs: [],
  };
}

export function grantedBy({ subscription, period, endedPeriods }: Grant): SubscriptionChange {
  return { ...subscription, period, endedPeriods };
}

function eventOf({ event, subscription }: Grant, userId: string, orderId: string): NewEvent {
  return { ...event, userId, subscriptionId: subscription.after.id, orderId };
}

/** Taken and given back before it was recorded: nothing renews, and the card is not charged until the buyer resumes. */
function renewalEnded({ payment, subscription }: Attempt): SubscriptionChange | null {
  const isItsRenewal = subscription !== null && subscription.renewalOrderId === payment.orderId;
  return isItsRenewal ? changed(subscription, detached(subscription, payment.orderId)) : null;
}

/** A change of a subscription that grants nothing. */
export function changed(before: Subscription, after: Subscription): SubscriptionChange {
  return { before, after, period: null, endedPeriods: [] };
}

/** Refunds that the provider shows on a payment we are only now learning of: they were not requested here. */
function refundsIn({ refunds }: ProviderPayment, now: Date): Changes['refunds'] {
  return refunds
    .filter(({ state }) => state === 'done')
    .map(({ providerRef, amount, reason, refundedAt }) => ({
      providerRef,
      amount,
      reason: (reason ?? '').slice(0, 200),
      refundedAt: refundedAt ?? now,
    }));
}

function valuesOf(payment: PaidPayment, shown: ProviderPayment | null): PaymentValues {
  const { status, providerRef, refundedAmount, approvedAt } = payment;
  const display = shown && displayOf(shown);
  return { status, providerRef, refundedAmount, approvedAt, display, failure: null, nextPollAt: null, polledAt: null };
}
