import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { BusinessTime } from '../common/business-time.ts';
import { PrismaService, type Sql, sql, type Subscription } from '../db/index.ts';
import { nextPeriod } from './billing-period.ts';

/** What a paid order is about to be given: the rows to write, and the subscription as it will then be. */
export interface Grant {
  subscription: Subscription;
  /** Common table expressions that write it, fed by a `settled` that has a row exactly when the payment was settled now. */
  writes: Sql;
}

/**
 * Grants time for a paid order. The rows are worked out here from what was read, and written by the caller in the very
 * statement that settles the payment. Had somebody else changed the subscription in between, that statement fails as a
 * whole, on a unique index or a NOT NULL, and the caller reads and grants again.
 */
@Injectable()
export class SubscriptionGrants {
  constructor(
    private readonly prisma: PrismaService,
    private readonly time: BusinessTime,
  ) {}

  /** The user's live subscription, which a grant would extend. */
  liveOf(userId: string): Promise<Subscription | null> {
    return this.prisma.subscription.findFirst({ where: { userId, isActive: true } });
  }

  grant(order: { orderId: string; userId: string; planId: number; months: number }, live: Subscription | null, now: Date): Grant {
    const next = nextPeriod(this.time, live, now, order.months);
    const subscription: Subscription = live
      ? { ...live, planId: order.planId, anchorMonths: next.anchorMonths, endDate: next.endDate, cancelAtPeriodEnd: false }
      : {
          id: uuid(),
          userId: order.userId,
          planId: order.planId,
          isActive: true,
          anchorAt: next.anchorAt,
          anchorMonths: next.anchorMonths,
          startDate: next.startsAt,
          endDate: next.endDate,
          cancelAtPeriodEnd: false,
          createdAt: now,
        };
    const held = live ? this.extended(live, subscription) : this.started(subscription);
    const writes = sql`
      held AS (${held}),
      period AS (
        INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, starts_at, ends_at, created_at)
        SELECT ${uuid()}::uuid, (SELECT id FROM held), settled.order_id, ${order.planId}::int,
               ${next.startsAt}::timestamptz, ${next.endsAt}::timestamptz, ${now}::timestamptz
        FROM settled
      )`;
    return { subscription, writes };
  }

  /** Nothing is updated when it ended or grew meanwhile; the period's subscription_id is then NULL, and refused. */
  private extended(before: Subscription, after: Subscription): Sql {
    return sql`
      UPDATE subscription
      SET plan_id = ${after.planId}, anchor_months = ${after.anchorMonths}, end_date = ${after.endDate}::timestamptz, cancel_at_period_end = false
      WHERE id = ${before.id}::uuid AND is_active AND end_date = ${before.endDate}::timestamptz AND EXISTS (SELECT FROM settled)
      RETURNING id`;
  }

  private started(s: Subscription): Sql {
    return sql`
      INSERT INTO subscription (id, user_id, plan_id, anchor_at, anchor_months, start_date, end_date, created_at)
      SELECT ${s.id}::uuid, ${s.userId}, ${s.planId}::int, ${s.anchorAt}::timestamptz, ${s.anchorMonths}::int,
             ${s.startDate}::timestamptz, ${s.endDate}::timestamptz, ${s.createdAt}::timestamptz
      FROM settled
      RETURNING id`;
  }
}
