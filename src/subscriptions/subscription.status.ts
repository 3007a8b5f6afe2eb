import type { Prisma, Subscription } from '../platform/database/index.ts';

export const SUBSCRIPTION_STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'CANCELED', 'EXPIRED'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** What each status means, in the database's words. They exclude one another, and every subscription is one of them. */
const MEANS = {
  TRIALING: { isActive: true, isTrial: true, pastDueSince: null },
  ACTIVE: { isActive: true, isTrial: false, pastDueSince: null },
  /** The card said no; usable while it is tried again. */
  PAST_DUE: { isActive: true, pastDueSince: { not: null } },
  /** Over, because it was cancelled. */
  CANCELED: { isActive: false, cancelAtPeriodEnd: true },
  /** Over, because nobody paid on. */
  EXPIRED: { isActive: false, cancelAtPeriodEnd: false },
} satisfies Record<SubscriptionStatus, Prisma.SubscriptionWhereInput>;

export const whereStatus = (status: SubscriptionStatus): Prisma.SubscriptionWhereInput => MEANS[status];

/** Read from the facts, never stored: it cannot disagree with them. */
export function statusOf({ isActive, isTrial, pastDueSince, cancelAtPeriodEnd }: Subscription): SubscriptionStatus {
  if (!isActive) return cancelAtPeriodEnd ? 'CANCELED' : 'EXPIRED';
  if (pastDueSince !== null) return 'PAST_DUE';
  return isTrial ? 'TRIALING' : 'ACTIVE';
}
