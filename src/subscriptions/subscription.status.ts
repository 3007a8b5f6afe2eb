import type { RenewalState, Subscription, SubscriptionStatus } from '../platform/database/index.ts';

/** A subscription without its states, which follow from the rest. */
type Facts = Omit<Subscription, 'status' | 'renewalState'>;

/**
 * A row with the states that its columns mean. Whatever makes a row of a subscription ends with this, so that what is
 * stored cannot disagree; the database refuses a row that does.
 */
export function withStates(row: Facts): Subscription {
  return { ...row, status: statusOf(row), renewalState: renewalStateOf(row) };
}

function statusOf({ isActive, isTrial, pastDueSince, cancelAtPeriodEnd }: Facts): SubscriptionStatus {
  if (!isActive) return cancelAtPeriodEnd ? 'CANCELED' : 'EXPIRED';
  if (pastDueSince !== null) return 'PAST_DUE';
  return isTrial ? 'TRIALING' : 'ACTIVE';
}

function renewalStateOf({ renewalOrderId, renewalHeldAt, nextChargeAt }: Facts): RenewalState {
  // More may be bought in the payment window while a charge is under way, and what follows that is planned, or put on
  // hold, already.
  if (renewalOrderId !== null) return 'CHARGING';
  if (renewalHeldAt !== null) return 'ON_HOLD';
  return nextChargeAt === null ? 'NONE' : 'SCHEDULED';
}
