import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { isOperator, onlyOwn } from '../auth/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { olderThan, type Page, pageOf, positionOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import {
  isoInstant,
  type OutgoingEvent,
  type Plan,
  Prisma,
  PrismaService,
  type Sql,
  sql,
  type Subscription,
  type SubscriptionPeriod,
} from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { RenewalTerms } from './legacy.ts';
import { type SubscriptionStatus, whereStatus } from './subscription.status.ts';

export type SubscriptionWithPlan = Subscription & { plan: Plan };

/** Small enough that a buyer never waits behind the job for longer than a blink. */
const EXPIRE_AT_ONCE = 500;
/** So often may a subscription change under a cancellation before the buyer is told to try again. */
const MAX_READS = 10;
const HOUR_MS = 3_600_000;
const MAX_TOGGLES_PER_HOUR = 20;

/** Neither is a charge planned nor one under way: what a card pays for next goes on. */
const nothingFollows = sql`next_charge_at IS NULL AND renewal_order_id IS NULL`;
const noGrace = sql`(grace_until IS NULL OR cancel_at_period_end)`;

@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
    private readonly renewal: RenewalTerms,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  async list<View>(
    filter: {
      userId?: string | undefined;
      status?: SubscriptionStatus | undefined;
      limit: number;
      cursor?: string | undefined;
    },
    view: (row: SubscriptionWithPlan) => View,
  ): Promise<Page<View>> {
    const after = uuidPositionOf(filter.cursor);
    const rows = await this.prisma.subscription.findMany({
      where: {
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(filter.status !== undefined && whereStatus(filter.status)),
        ...(after && olderThan(after, 'id')),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: filter.limit + 1,
      include: { plan: true },
    });
    if (await this.switchOverdue(rows)) return this.list(filter, view);
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
  paidBy(orderId: string): Promise<SubscriptionWithPlan | null> {
    return this.prisma.subscription.findFirst({ where: { periods: { some: { orderId } } }, include: { plan: true } });
  }

  /** Its periods with their orders, in order; those that no longer stand too. */
  periods(id: string): Promise<SubscriptionPeriod[]> {
    return this.prisma.subscriptionPeriod.findMany({
      where: { subscriptionId: id },
      orderBy: [{ startsAt: 'asc' }, { createdAt: 'asc' }],
    });
  }

  /** What happened to it, oldest first. */
  async timeline<View>(
    id: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    view: (row: OutgoingEvent) => View,
  ): Promise<Page<View>> {
    const after = positionOf(cursor, /^\d{1,18}$/);
    const rows = await this.prisma.outgoingEvent.findMany({
      where: { subscriptionId: id, ...(after && { id: { gt: BigInt(after.id) } }) },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    return pageOf(rows, limit, (row) => ({ createdAt: row.createdAt, id: String(row.id) }), view);
  }

  /**
   * Stops (or restores) what would happen at the period's end. A cancellation stops a charge that is under way, too: it is not
   * requested again, and only what the provider had taken before is granted.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, SUBSCRIPTION_CHANGED (it kept changing; try again),
   * TOO_MANY_REQUESTS (a buyer who cancels and resumes over and over)
   */
  async setCancelAtPeriodEnd(
    id: string,
    cancelAtPeriodEnd: boolean,
    caller: RequestOrigin,
  ): Promise<SubscriptionWithPlan> {
    const userId = onlyOwn(caller);
    for (let reads = 1; ; reads++) {
      const before = await this.get(id, userId);
      if (!before.isActive) throw new Problem('SUBSCRIPTION_ENDED');
      if (!changesRenewal(before, cancelAtPeriodEnd)) return before;
      if (!isOperator(caller)) await this.limitToggles(id);
      if (await this.writeCancelAtPeriodEnd(before, cancelAtPeriodEnd, caller)) return this.get(id, userId);
      if (reads === MAX_READS) throw new Problem('SUBSCRIPTION_CHANGED');
    }
  }

  /** @returns false where it has changed since it was read */
  private async writeCancelAtPeriodEnd(
    before: Subscription,
    cancelAtPeriodEnd: boolean,
    caller: RequestOrigin,
  ): Promise<boolean> {
    const now = this.clock.now();
    const { id, userId, version, planId, endDate, paymentMethodId, renewalOrderId } = before;
    // What is past due is charged at once; the outcome of a charge under way plans the next one itself.
    const renews = !cancelAtPeriodEnd && paymentMethodId !== null && renewalOrderId === null;
    const nextChargeAt = !renews ? null : before.pastDueSince === null ? this.renewal.chargeAt(endDate) : now;
    const message = {
      type: cancelAtPeriodEnd ? 'subscription.canceled' : 'subscription.resumed',
      userId,
      subscriptionId: id,
      data: { planId, endDate },
    } as const;
    const written = await this.prisma.statement(sql`
      WITH changed AS (
        UPDATE subscription SET cancel_at_period_end = ${cancelAtPeriodEnd}, version = version + 1, next_charge_at = ${notBeforeAnnounced(sql`${nextChargeAt}::timestamptz`)}
        WHERE id = ${id}::uuid AND is_active AND version = ${version} RETURNING id, renewal_order_id
      ), ${stopCharge(sql`SELECT renewal_order_id FROM changed WHERE ${cancelAtPeriodEnd}`, false, now)},
      told AS (${this.outbox.message(message, sql`changed`, now)}),
      audited AS (${audited(this.audit, caller, cancelAtPeriodEnd ? 'subscription.cancel' : 'subscription.resume', before, { cancelAtPeriodEnd }, sql`changed`)})
      SELECT id FROM changed`);
    return written.length > 0;
  }

  private async limitToggles(subscriptionId: string): Promise<void> {
    const now = this.clock.now();
    const types = { in: ['subscription.canceled', 'subscription.resumed'] };
    const lately = { gt: new Date(now.getTime() - HOUR_MS), lte: now };
    if (
      (await this.prisma.outgoingEvent.count({ where: { subscriptionId, type: types, createdAt: lately } })) >=
      MAX_TOGGLES_PER_HOUR
    )
      throw new Problem('TOO_MANY_REQUESTS');
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
    return (
      (await this.expireBatches(midnight, now, sql`SKIP LOCKED`)) + (await this.expireBatches(midnight, now, sql``))
    );
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
        (SELECT min(GREATEST(end_date, grace_until)) FROM subscription WHERE is_active AND ${nothingFollows} AND NOT (${noGrace}))) AS due`);
    return row!.due;
  }

  /** When {@link switchPlans} next finds something to do; null for nothing. */
  async nextSwitch(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ due: Date | null }[]>(
      sql`SELECT min(switch_at) AS due FROM subscription WHERE is_active AND switch_at IS NOT NULL`,
    );
    return row!.due;
  }

  /** The plan held is the plan of the period in force: where a paid period of another plan has begun, it is that one. @returns how many */
  async switchPlans(): Promise<number> {
    const now = this.clock.now();
    const changed = {
      type: 'subscription.changed' as const,
      userId: sql`user_id`,
      subscriptionId: sql`id`,
      data: sql`jsonb_build_object('planId', plan_id)`,
    };
    let switched = 0;
    for (let batch = EXPIRE_AT_ONCE; batch === EXPIRE_AT_ONCE; switched += batch) {
      batch = await this.prisma.$executeRaw(sql`
        WITH due AS (
          SELECT id FROM subscription WHERE is_active AND switch_at <= ${now}::timestamptz ORDER BY switch_at LIMIT ${EXPIRE_AT_ONCE} FOR UPDATE SKIP LOCKED
        ), switched AS (
          UPDATE subscription SET plan_id = in_force.plan_id, switch_at = following.starts_at, switch_plan_id = following.plan_id, version = version + 1
          FROM due
          CROSS JOIN LATERAL (
            SELECT plan_id FROM subscription_period WHERE subscription_id = due.id AND voided_at IS NULL AND starts_at <= ${now}::timestamptz ORDER BY starts_at DESC LIMIT 1) in_force
          LEFT JOIN LATERAL (
            SELECT starts_at, plan_id FROM subscription_period
            WHERE subscription_id = due.id AND voided_at IS NULL AND starts_at > ${now}::timestamptz AND plan_id <> in_force.plan_id ORDER BY starts_at LIMIT 1) following ON true
          WHERE subscription.id = due.id
          RETURNING subscription.id, subscription.user_id, subscription.plan_id
        )
        ${this.outbox.message(changed, sql`switched`, now)}`);
    }
    return switched;
  }

  /** A period of another plan may have begun a moment ago, before its job came by. @returns whether any row has to be read again */
  private async switchOverdue(rows: readonly Subscription[]): Promise<boolean> {
    const now = this.clock.now();
    return (
      rows.some(({ isActive, switchAt }) => isActive && switchAt !== null && switchAt <= now) &&
      (await this.switchPlans()) > 0
    );
  }

  private async one(where: Prisma.SubscriptionWhereInput): Promise<SubscriptionWithPlan> {
    const subscription = await this.prisma.subscription.findFirst({ where, include: { plan: true } });
    if (!subscription) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    return (await this.switchOverdue([subscription])) ? this.one(where) : subscription;
  }
}

/** The audit entry of an operator's act, in the statement that acts; what a buyer does is their own. */
export function audited(
  audit: AuditService,
  caller: RequestOrigin,
  action: string,
  before: Subscription,
  after: Partial<Subscription>,
  from: Sql,
): Sql {
  if (!isOperator(caller)) return sql`SELECT`;
  const was = Object.fromEntries(Object.keys(after).map((name) => [name, before[name as keyof Subscription]]));
  return audit.entry(caller, { action, subject: `subscription:${before.id}`, before: was, after }, from);
}

/** A charge that was announced for later, or put off to another day, comes no earlier for a resume. */
function notBeforeAnnounced(chargeAt: Sql): Sql {
  return sql`
    CASE WHEN ${chargeAt} IS NOT NULL AND past_due_since IS NULL AND announced_for = end_date THEN GREATEST(${chargeAt}, (
      SELECT (told.data->>'chargeAt')::timestamptz FROM outgoing_event told
      WHERE told.subscription_id = subscription.id AND told.type = 'subscription.renewal_upcoming' ORDER BY told.id DESC LIMIT 1))
    ELSE ${chargeAt} END`;
}

/** Whether cancelling or resuming changes anything: a renewal that was given up, or refunded, is planned again by a resume. */
function changesRenewal(s: Subscription, cancelAtPeriodEnd: boolean): boolean {
  if (s.cancelAtPeriodEnd !== cancelAtPeriodEnd) return true;
  return (
    !cancelAtPeriodEnd &&
    s.paymentMethodId !== null &&
    s.nextChargeAt === null &&
    s.renewalOrderId === null &&
    s.pastDueSince === null
  );
}

/**
 * Common table expressions that stop a charge while its outcome is unknown: it is not requested again, and other payments of the
 * buyer no longer wait for it.
 *
 * @param orderIds a query of the orders
 * @param refund whether what the provider turns out to have taken goes back
 */
export function stopCharge(orderIds: Sql, refund: boolean, now: Date): Sql {
  return sql`
    stopped AS (
      UPDATE payment SET stopped_at = COALESCE(stopped_at, ${now}::timestamptz), refund_if_taken = refund_if_taken OR ${refund},
        next_poll_at = COALESCE(next_poll_at, ${now}::timestamptz)
      WHERE order_id IN (${orderIds}) AND status = 'PENDING' AND payment_method_id IS NOT NULL
      RETURNING order_id
    ), no_longer_charging AS (
      UPDATE customer SET charging_order_id = NULL FROM stopped WHERE charging_order_id = stopped.order_id
    )`;
}
