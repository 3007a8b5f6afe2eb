import type { Declined, Hint, Outcome, PaymentFailure, ProviderError, ProviderPayment } from './provider.port.ts';

/** What a payment's state says: the same as an answer to a request, or that it is not confirmed. */
type Reading = Exclude<Outcome, { kind: 'unknown' }> | { kind: 'open' };

/** Reads a payment that the provider shows. Whether all of it was given back shows in its balance. Pure. */
export function outcomeOf(payment: ProviderPayment): Reading {
  switch (payment.state) {
    case 'paid':
    case 'waiting_for_deposit':
    case 'canceled':
    case 'partially_refunded':
      return { kind: 'approved', payment };
    case 'failed': {
      const { hint, ...error }: PaymentFailure = payment.failure ?? { code: payment.providerState, message: '' };
      return { kind: 'declined', error, reason: 'declined', hint };
    }
    case 'open':
      return { kind: 'open' };
  }
}

/** These say nothing about what becomes of the request. */
const NO_REFUSAL: ReadonlySet<Hint | undefined> = new Set<Hint>(['in_progress', 'other_payment', 'still_open']);

/**
 * The error that the provider answered and repeats whenever the request is repeated under its idempotency key.
 * undefined: the outcome holds none. Pure.
 */
export function refusalIn(outcome: Outcome): Declined | undefined {
  if (outcome.kind === 'declined') return outcome;
  if (outcome.kind !== 'unknown' || !outcome.answered || NO_REFUSAL.has(outcome.hint)) return undefined;
  const { code, reason = 'unknown', hint } = outcome;
  const error: ProviderError = outcome.undocumented ?? { code, message: '' };
  return { kind: 'declined', error, reason, hint };
}
