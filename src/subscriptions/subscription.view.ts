import { z } from 'zod';
import type { changeQuoteView } from '../pricing/index.ts';
import { type Plan, planView, viewPlan } from '../catalog/index.ts';
import {
  type OutgoingEvent,
  type Subscription,
  type SubscriptionPeriod,
  SubscriptionStatus,
} from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import { upcomingPlan } from './agreement.ts';
import type { ChangeQuote } from './change-quote.ts';

/** A subscription's id in a path. */
export const subscriptionIdParam = z.string().max(64);

/** @throws Problem SUBSCRIPTION_NOT_FOUND for what is no id of ours */
export function knownSubscription(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new Problem('SUBSCRIPTION_NOT_FOUND');
  return id;
}

export const subscriptionView = z
  .object({
    id: z.uuid(),
    userId: z.string(),
    planId: z.int(),
    plan: planView,
    status: z
      .enum(SubscriptionStatus)
      .describe('`CANCELED` and `EXPIRED` are over; one that is cancelled at its end stays `ACTIVE` until then'),
    isActive: z.boolean().describe('until the midnight (Asia/Seoul) that follows endDate'),
    startDate: z.iso.datetime(),
    endDate: z.iso.datetime(),
    cancelAtPeriodEnd: z.boolean(),
    nextPlanId: z.int().nullable().describe("the plan that takes over at the period's end"),
    billingKeyId: z.uuid().nullable().describe('the card on file that it renews from; null: it does not renew itself'),
    nextChargeAt: z.iso.datetime().nullable().describe('when that card is charged next; null: no charge is planned'),
    pastDueSince: z.iso.datetime().nullable().describe('when the card said no; null: it did not'),
    graceUntil: z.iso
      .datetime()
      .nullable()
      .describe(
        'past due, it is usable until the midnight that follows; null: another try is planned, or none is needed',
      ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Subscription' });

type SubscriptionView = z.infer<typeof subscriptionView>;

export function viewSubscription(subscription: Subscription, plan: Plan): SubscriptionView {
  const { id, userId, planId, status, isActive, cancelAtPeriodEnd, paymentMethodId } = subscription;
  const nextPlanId = upcomingPlan(subscription);
  const startDate = subscription.startDate.toISOString();
  const endDate = subscription.endDate.toISOString();
  // What waits for an operator is not charged before they release it.
  const nextChargeAt = subscription.renewalHeldAt === null ? (subscription.nextChargeAt?.toISOString() ?? null) : null;
  const [pastDueSince, graceUntil] = [
    subscription.pastDueSince?.toISOString() ?? null,
    subscription.graceUntil?.toISOString() ?? null,
  ];
  const renewal = { billingKeyId: paymentMethodId, nextChargeAt, pastDueSince, graceUntil };
  return {
    id,
    userId,
    planId,
    plan: viewPlan(plan),
    status,
    isActive,
    startDate,
    endDate,
    cancelAtPeriodEnd,
    nextPlanId,
    ...renewal,
    createdAt: subscription.createdAt.toISOString(),
  };
}

export const viewWithPlan = (subscription: Subscription & { plan: Plan }): SubscriptionView =>
  viewSubscription(subscription, subscription.plan);

export const periodView = z
  .object({
    id: z.uuid(),
    orderId: z.string().nullable().describe('null: a change that cost nothing'),
    planId: z.int(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    price: z.int().describe('what the whole of it is worth, in won'),
    credited: z.int().describe('of the price, what a later change has credited'),
    voidedAt: z.iso.datetime().nullable().describe('null: it stands'),
  })
  .meta({ id: 'Period' });

export const subscriptionDetails = subscriptionView
  .extend({ periods: z.array(periodView) })
  .meta({ id: 'SubscriptionDetails' });

export function viewPeriod(period: SubscriptionPeriod): z.infer<typeof periodView> {
  const { id, orderId, planId, price, credited } = period;
  return {
    id,
    orderId,
    planId,
    startsAt: period.startsAt.toISOString(),
    endsAt: period.endsAt.toISOString(),
    price,
    credited,
    voidedAt: period.voidedAt?.toISOString() ?? null,
  };
}

export const timelineEntry = z
  .object({
    type: z.string(),
    orderId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'TimelineEntry' });

export function viewEvent({ type, orderId, data, createdAt }: OutgoingEvent): z.infer<typeof timelineEntry> {
  return { type, orderId, data: data as Record<string, unknown>, createdAt: createdAt.toISOString() };
}

export function viewQuote({
  kind,
  credit,
  charge,
  amountDue,
  effectiveAt,
  periodStart,
  periodEnd,
}: ChangeQuote): z.infer<typeof changeQuoteView> {
  return {
    kind,
    credit,
    charge,
    amountDue,
    effectiveAt: effectiveAt.toISOString(),
    periodStart: periodStart.toISOString(),
    periodEnd: periodEnd.toISOString(),
  };
}
