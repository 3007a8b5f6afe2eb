import type { NewEvent } from '../../outbox/index.ts';
import type { Attempt } from '../begin-attempt/index.ts';
import type { Subscription } from '../../platform/database/index.ts';
import { type Declined, explain } from '../../providers/index.ts';
import { afterDecline, CARD_UNREADABLE, declined, isCounted, verdictOf } from '../../subscriptions/index.ts';
import type { SubscriptionChange } from './changes.ts';
import { changed } from './paid.ts';

/** What a declined charge means for the subscription that waits for it, and the outgoing event. Pure. */
export function declinedRenewal(
  before: Subscription,
  { invoice, number, paymentMethodId }: Attempt,
  { error, reason, hint }: Declined,
  now: Date,
): { change: SubscriptionChange; event: NewEvent | null } {
  const { orderId, userId, planId, amount } = invoice;
  const { code } = error;
  const dueAt = invoice.dueAt!;
  const isDue = before.endDate.getTime() === dueAt.getTime();
  const verdict = verdictOf({ code, reason, hint: hint ?? null, attempt: number });
  const decision = afterDecline(verdict, { pastDueSince: isDue ? before.pastDueSince : null, dueAt }, now);
  const charge = { orderId, cardId: paymentMethodId!, dueAt };
  const change = changed(before, declined(before, { ...decision, isDefect: code === CARD_UNREADABLE }, charge, now));
  if (!isDue || !isCounted(verdict)) return { change, event: null };
  const { nextChargeAt, graceUntil } = decision;
  const type = nextChargeAt === null ? 'subscription.card_needed' : 'subscription.past_due';
  const why = error.message || explain(code).message || code;
  const data = { planId, amount, dueAt, code, reason: why, nextChargeAt, graceUntil };
  return { change, event: { type, userId, subscriptionId: before.id, orderId, data } };
}
