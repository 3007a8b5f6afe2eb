import { type Attempt, before, type Display, displayOf, paymentEvent } from '../../payments/index.ts';
import type { Payment, PaymentStatus, Subscription } from '../../platform/database/index.ts';
import type { ProviderPayment } from '../../providers/index.ts';
import { chargeEnded, type Grant } from '../../subscriptions/index.ts';
import type { Changes, SubscriptionChange } from './changes.ts';

/** What was read for the outcome of a payment that the provider took. */
export interface PaidFacts {
  attempt: Attempt;
  shown: ProviderPayment;
  /** What the payment grants. null: no time (an event, all of it went back, or what was ordered is outdated) */
  grant: Grant | null;
  /** What was ordered is no longer to be had. */
  isOutdated: boolean;
  /** Other payments of the order at the provider, which may have taken money too. */
  otherRefs: readonly string[];
}

/** A payment as it is once its outcome is recorded. */
export type PaidPayment = Payment & { status: 'SUCCESS' | 'PARTIALLY_REFUNDED' | 'REFUNDED' };

/** What of a payment has gone back by the time we hear of it, in won. */
export function refundedOf({ amount, balance, state }: ProviderPayment): number {
  return amount - (balance ?? (state === 'canceled' ? 0 : amount));
}

/** The payment as it will be. Pure. */
export function paidPayment({ payment, providerRef }: Attempt, shown: ProviderPayment, now: Date): PaidPayment {
  const refundedAmount = refundedOf(shown);
  return {
    ...payment,
    ...displayOf(shown),
    depositSecretHash: displayOf(shown).depositSecretHash ?? payment.depositSecretHash,
    status: statusOf(shown.amount, refundedAmount),
    paymentKey: providerRef,
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
export function paidChanges(facts: PaidFacts, payment: PaidPayment, now: Date): Changes {
  const { attempt, shown, grant, isOutdated, otherRefs } = facts;
  const { orderId, userId, amount, refundedAmount, durationMonths, planId, balanceUsed } = payment;
  const isEvent = durationMonths === null;
  const kept = amount - refundedAmount;
  // What was deposited cannot go back without an account of the buyer's: it is theirs to use, or an operator refunds it.
  const isKept = isOutdated && payment.status !== 'REFUNDED';
  const type = payment.status === 'REFUNDED' ? 'payment.refunded' : 'payment.succeeded';
  return {
    payment: {
      orderId,
      userId,
      from: before('paid'),
      attemptCount: null,
      unlessStopped: true,
      isOptional: false,
      to: { ...valuesOf(payment), display: displayOf(shown) },
      endsCharge: attempt.paymentMethodId !== null,
      closesOrder: true,
    },
    attempt: { number: attempt.number, providerRef: attempt.providerRef, outcome: 'APPROVED', error: null },
    subscription: grant ? grantedTo(grant) : renewalEnded(attempt),
    balance: [
      ...(isKept ? [{ amount: kept, reason: 'kept' as const }] : []),
      ...(grant && balanceUsed !== 0 ? [{ amount: -balanceUsed, reason: 'used' as const }] : []),
      ...(grant && grant.balance !== 0 ? [{ amount: grant.balance, reason: 'change' as const }] : []),
    ],
    contribution: isEvent && kept > 0 ? { planId, amount: kept } : null,
    refunds: refundsIn(shown, now),
    voids: otherRefs.map((providerRef) => ({ providerRef, reason: 'PAYMENT_SURPLUS' })),
    events: [paymentEvent(type, payment), ...(grant ? [{ ...grant.event, userId, orderId }] : [])],
    jobs: [],
  };
}

function grantedTo({ before, after, period, endedPeriods }: Grant): SubscriptionChange {
  return { before, after, period, endedPeriods };
}

/** Taken and given back before we heard of it: nothing renews, and the card is not charged again until the buyer says so. */
function renewalEnded({ payment, subscription }: Attempt): SubscriptionChange | null {
  const isItsRenewal = subscription !== null && subscription.renewalOrderId === payment.orderId;
  return isItsRenewal ? changed(subscription, chargeEnded(subscription)) : null;
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

function valuesOf(payment: PaidPayment) {
  const { status, paymentKey, refundedAmount, approvedAt } = payment;
  const values: { status: PaymentStatus; display: Display | null } = { status, display: null };
  return { ...values, providerRef: paymentKey, refundedAmount, approvedAt, failure: null, nextPollAt: null, polledAt: null };
}
