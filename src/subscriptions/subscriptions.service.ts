import { Injectable } from '@nestjs/common';
import { BusinessTime } from '../common/business-time.ts';
import { Clock } from '../common/clock.ts';
import { type Page, pageOf, uuidPositionOf } from '../common/page.ts';
import { Problem } from '../common/problem.ts';
import { isoInstant, type Message, type Plan, Prisma, PrismaService, type Sql, sql, type Subscription, type SubscriptionPeriod } from '../db/index.ts';
import { Outbox } from '../outbox/index.ts';
import { RenewalTerms } from './renewal-terms.ts';
import { type SubscriptionStatus, whereStatus } from './subscription.status.ts';

export type SubscriptionWithPlan = Subscription & { plan: Plan };

/** Small enough that a buyer never waits behind the job for longer than a blink. */
const EXPIRE_AT_ONCE = 500;

/** Neither is a charge planned nor one under way: what a card pays for next goes on. */
const nothingFollows = sql`next_charge_at IS NULL AND renewal_order_id IS NULL`;
const noGrace = sql`(grace_until IS NULL OR cancel_at_period_end)`;

@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessTime,
    private readonly renewal: RenewalTerms,
    private readonly outbox: Outbox,
  ) {}

  async list<View>(filter: { userId?: string | undefined; status?: SubscriptionStatus | undefined; limit: number; cursor?: string | undefined }, view: (row: SubscriptionWithPlan) => View): Promise<Page<View>> {
    const after = uuidPositionOf(filter.cursor);
    const rows = await this.prisma.subscription.findMany({
      where: {
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(filter.status !== undefined && whereStatus(filter.status)),
        ...(after && { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: filter.limit + 1,
      include: { plan: true },
    });
    return pageOf(rows, filter.limit, (row) => row, view);
  }

  /** @throws Problem SUBSCRIPTION_NOT_FOUND, also for somebody else's when narrowed to `userId` */
  async get(id: string, userId?: string): Promise<SubscriptionWithPlan> {
    return this.one({ id, ...(userId !== undefined && { userId }) });
  }

  /** The one that is live. @throws Problem SUBSCRIPTION_NOT_FOUND */
  async current(userId: string): Promise<SubscriptionWithPlan> {
    return this.one({ userId, isActive: true });
  }

  /** The one that an order paid into, if it paid into any. */
  async paidBy(orderId: string): Promise<SubscriptionWithPlan | null> {
    return this.prisma.subscription.findFirst({ where: { periods: { some: { orderId } } }, include: { plan: true } });
  }

  /** Its periods with their orders, in order; those that no longer stand too. */
  periods(id: string): Promise<SubscriptionPeriod[]> {
    return this.prisma.subscriptionPeriod.findMany({ where: { subscriptionId: id }, orderBy: [{ startsAt: 'asc' }, { createdAt: 'asc' }] });
  }

  /** What happened to it, in order. */
  timeline(id: string): Promise<Message[]> {
    return this.prisma.message.findMany({ where: { subscriptionId: id }, orderBy: { id: 'asc' } });
  }

  /**
   * Stops (or restores) what would happen at the period's end.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED
   */
  async setCancelAtPeriodEnd(id: string, cancelAtPeriodEnd: boolean, userId?: string): Promise<SubscriptionWithPlan> {
    const now = this.clock.now();
    const before = await this.get(id, userId);
    if (!before.isActive) throw new Problem('SUBSCRIPTION_ENDED');
    const type = cancelAtPeriodEnd ? 'subscription.canceled' : 'subscription.resumed';
    // What is past due is charged at once; a renewal under way plans the next one itself.
    const nextChargeAt = before.pastDueSince === null ? this.renewal.chargeAt(before.endDate) : now;
    const renewsAgain = cancelAtPeriodEnd ? sql`` : sql`OR (billing_key_id IS NOT NULL AND next_charge_at IS NULL AND renewal_order_id IS NULL AND past_due_since IS NULL)`;
    const data = { planId: before.planId, endDate: before.endDate };
    await this.prisma.$executeRaw(sql`
      WITH changed AS (
        UPDATE subscription SET cancel_at_period_end = ${cancelAtPeriodEnd}, version = version + 1, renewal_held_at = NULL,
          next_charge_at = CASE WHEN NOT ${cancelAtPeriodEnd} AND billing_key_id IS NOT NULL AND renewal_order_id IS NULL THEN ${nextChargeAt}::timestamptz END
        WHERE id = ${id}::uuid AND is_active AND (cancel_at_period_end <> ${cancelAtPeriodEnd} ${renewsAgain}) RETURNING id
      )
      ${this.outbox.message({ type, userId: before.userId, subscriptionId: id, data }, sql`changed`, now)}`);
    return this.get(id, userId);
  }

  /**
   * Ends what ran out before the midnight that began this day in Seoul, and lets the plan take over that was bought or wanted to
   * follow. By end date, never by "is it today", so nothing is missed after an outage; in short statements that several programs
   * may run at once, each of which writes its messages too.
   *
   * @returns how many ended
   */
  async expire(): Promise<number> {
    const now = this.clock.now();
    const midnight = this.time.startOfDay(now);
    // Past what others have in their hands first; then, for what is left, waiting until they are done with it.
    const ended = (await this.expireBatches(midnight, now, sql`SKIP LOCKED`)) + (await this.expireBatches(midnight, now, sql``));
    await this.switchPlans(now);
    return ended;
  }

  private async expireBatches(midnight: Date, now: Date, whenLocked: Sql): Promise<number> {
    const data = sql`jsonb_build_object('planId', plan_id, 'endDate', ${isoInstant(sql`end_date`)})`;
    const expired = { type: 'subscription.expired' as const, userId: sql`user_id`, subscriptionId: sql`id`, data };
    let ended = 0;
    for (let batch = EXPIRE_AT_ONCE; batch === EXPIRE_AT_ONCE; ended += batch) {
      batch = await this.prisma.$executeRaw(sql`
        WITH ended AS (
          UPDATE subscription SET is_active = false, version = version + 1
          WHERE id = ANY(ARRAY(
            SELECT id FROM subscription
            WHERE is_active AND end_date <= ${midnight}::timestamptz AND ${nothingFollows} AND (${noGrace} OR grace_until <= ${midnight}::timestamptz)
            ORDER BY end_date, id LIMIT ${EXPIRE_AT_ONCE} FOR UPDATE ${whenLocked}))
          RETURNING id, user_id, plan_id, end_date
        )
        ${this.outbox.message(expired, sql`ended`, now)}`);
    }
    return ended;
  }

  /** When {@link expire} next finds something to do; null for nothing. */
  async nextExpiry(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ due: Date | null }[]>(sql`
      SELECT LEAST(
        (SELECT min(end_date) FROM subscription WHERE is_active AND ${nothingFollows} AND ${noGrace}),
        (SELECT min(GREATEST(end_date, grace_until)) FROM subscription WHERE is_active AND ${nothingFollows} AND NOT (${noGrace})),
        (SELECT min(begun.starts_at) FROM subscription JOIN subscription_period begun ON begun.subscription_id = subscription.id
         WHERE is_active AND next_plan_id IS NOT NULL AND begun.plan_id = next_plan_id AND begun.voided_at IS NULL)) AS due`);
    return row!.due;
  }

  /** Where a period of the next plan has begun, that plan is the one held. */
  private async switchPlans(now: Date): Promise<void> {
    const changed = { type: 'subscription.changed' as const, userId: sql`user_id`, subscriptionId: sql`id`, data: sql`jsonb_build_object('planId', plan_id)` };
    await this.prisma.$executeRaw(sql`
      WITH switched AS (
        UPDATE subscription SET plan_id = next_plan_id, next_plan_id = NULL, version = version + 1
        WHERE is_active AND next_plan_id IS NOT NULL AND EXISTS (
          SELECT FROM subscription_period begun
          WHERE begun.subscription_id = subscription.id AND begun.plan_id = subscription.next_plan_id AND begun.voided_at IS NULL
            AND begun.starts_at <= ${now}::timestamptz AND begun.ends_at > ${now}::timestamptz)
        RETURNING id, user_id, plan_id
      )
      ${this.outbox.message(changed, sql`switched`, now)}`);
  }

  private async one(where: Prisma.SubscriptionWhereInput): Promise<SubscriptionWithPlan> {
    const subscription = await this.prisma.subscription.findFirst({ where, include: { plan: true } });
    if (!subscription) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    return subscription;
  }
}
