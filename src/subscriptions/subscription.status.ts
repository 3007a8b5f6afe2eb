import type { Prisma, Subscription } from '../platform/database/index.ts';

export const SUBSCRIPTION_STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'CANCELED', 'EXPIRED'] as const;
/** What a subscription is, as it is shown. */
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** What each status means in columns. They exclude one another, and every subscription has one of them. */
const STATUS_COLUMNS = {
  TRIALING: { isActive: true, isTrial: true, pastDueSince: null },
  ACTIVE: { isActive: true, isTrial: false, pastDueSince: null },
  /** The card was declined; usable while it is tried again. */
  PAST_DUE: { isActive: true, pastDueSince: { not: null } },
  /** Over, because it was cancelled. */
  CANCELED: { isActive: false, cancelAtPeriodEnd: true },
  /** Over, because nothing was paid for what would have followed. */
  EXPIRED: { isActive: false, cancelAtPeriodEnd: false },
} satisfies Record<SubscriptionStatus, Prisma.SubscriptionWhereInput>;

export const whereStatus = (status: SubscriptionStatus): Prisma.SubscriptionWhereInput => STATUS_COLUMNS[status];

/** Derived from the columns, never stored: it cannot disagree with them. */
export function statusOf({ isActive, isTrial, pastDueSince, cancelAtPeriodEnd }: Subscription): SubscriptionStatus {
  if (!isActive) return cancelAtPeriodEnd ? 'CANCELED' : 'EXPIRED';
  if (pastDueSince !== null) return 'PAST_DUE';
  return isTrial ? 'TRIALING' : 'ACTIVE';
}

/** Where the renewal by a card on file stands. */
export type RenewalState =
  /** No charge is planned: no card, cancelled, ended, or nothing is tried any more. */
  | 'NONE'
  | 'SCHEDULED'
  /** A charge is under way, and its outcome is not known. */
  | 'CHARGING'
  /** The card was declined for the period that is due. */
  | 'PAST_DUE'
  /** It waits for an operator. */
  | 'ON_HOLD';

/** Derived from the columns, as the status is. */
export function renewalStateOf(subscription: Subscription): RenewalState {
  const { isActive, renewalOrderId, renewalHeldAt, pastDueSince, nextChargeAt } = subscription;
  if (renewalOrderId !== null) return 'CHARGING';
  if (!isActive) return 'NONE';
  if (renewalHeldAt !== null) return 'ON_HOLD';
  if (pastDueSince !== null) return 'PAST_DUE';
  return nextChargeAt === null ? 'NONE' : 'SCHEDULED';
}
