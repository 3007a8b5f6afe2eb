import { z } from 'zod';
import type { Plan, Subscription } from '../db/index.ts';
import { planView, viewPlan } from '../plans/index.ts';

export const subscriptionView = z
  .object({
    id: z.uuid(),
    userId: z.string(),
    planId: z.int(),
    plan: planView,
    isActive: z.boolean().describe('until the midnight (Asia/Seoul) that follows endDate'),
    startDate: z.iso.datetime(),
    endDate: z.iso.datetime(),
    cancelAtPeriodEnd: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Subscription' });

export type SubscriptionView = z.infer<typeof subscriptionView>;

export function viewSubscription(subscription: Subscription, plan: Plan): SubscriptionView {
  const { id, userId, planId, isActive, cancelAtPeriodEnd } = subscription;
  const startDate = subscription.startDate.toISOString();
  const endDate = subscription.endDate.toISOString();
  return { id, userId, planId, plan: viewPlan(plan), isActive, startDate, endDate, cancelAtPeriodEnd, createdAt: subscription.createdAt.toISOString() };
}
