import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { BusinessTime } from '../common/business-time.ts';
import { Prisma, PrismaService, type Sql, sql, type Subscription, type Tx } from '../db/index.ts';
import { Outbox } from '../outbox/index.ts';
import { type Bought, type Held, type Purchase, purchase } from './purchase.ts';

/** What a paid order is about to be given: the subscription as it will then be, and the rows to write. */
export interface Grant {
  subscription: Subscription;
  /** Common table expressions that write it, fed by a `settled (order_id)` that has a row exactly when there is something to grant. */
  writes: Sql;
}

/**
 * Grants time. What to write is worked out here from what was read, and written by the caller in the very statement that
 * settles the payment. Had somebody else changed the subscription in between, that statement fails as a whole, on a unique
 * index or a NOT NULL, and the caller reads and grants again.
 */
@Injectable()
export class SubscriptionGrants {
  constructor(
    private readonly prisma: PrismaService,
    private readonly time: BusinessTime,
    private readonly outbox: Outbox,
  ) {}

  /** What the user holds and a grant would build on. */
  async heldBy(userId: string, now: Date, tx: Tx = this.prisma): Promise<Held | null> {
    const found = await tx.subscription.findFirst({
      where: { userId, isActive: true },
      include: { periods: { where: { voidedAt: null, endsAt: { gt: now } }, orderBy: { startsAt: 'asc' } } },
    });
    if (!found) return null;
    const { periods, ...subscription } = found;
    return { subscription, periods };
  }

  /** @param held with its periods, if what is bought may take another plan's place */
  grant(userId: string, bought: Bought, held: Held | null, now: Date): Grant {
    const bargain = purchase(this.time, held, bought, now);
    const subscription: Subscription = held
      ? { ...held.subscription, ...bargain.terms, cancelAtPeriodEnd: false, version: held.subscription.version + 1 }
      : { ...bargain.terms, id: uuid(), userId, isActive: true, cancelAtPeriodEnd: false, version: 1, createdAt: now };
    const periodId = uuid();
    const parts = [
      sql`held AS (${held ? extended(held.subscription, subscription) : started(subscription)})`,
      sql`period AS (${newPeriod(periodId, bargain.period, now)})`,
      sql`told AS (${this.message(subscription, bargain, now)})`,
      ...(bargain.ended.length > 0 ? [sql`ended_periods AS (${endPeriods(bargain.ended, periodId, now)})`] : []),
      ...(bargain.leftOver === 0 ? [] : [sql`left_over AS (${balanceEntry(userId, bargain.leftOver, 'change', now)})`]),
    ];
    return { subscription, writes: Prisma.join(parts) };
  }

  private message({ id: subscriptionId, userId }: Subscription, { kind, period, ended, leftOver }: Purchase, now: Date): Sql {
    const { planId, startsAt, endsAt, price } = period;
    const credit = ended.reduce((total, { credited }) => total + credited, 0);
    const data = { planId, startsAt, endsAt, price, ...(kind === 'changed' && { credit, leftOver }) };
    return this.outbox.message({ type: `subscription.${kind}`, userId, subscriptionId, orderId: sql`settled.order_id`, data }, sql`settled`, now);
  }
}

/** A movement of the user's balance, in won. */
export function balanceEntry(userId: string, amount: number, reason: 'used' | 'change', now: Date): Sql {
  return sql`
    INSERT INTO balance_entry (user_id, amount, reason, order_id, round, created_at)
    SELECT ${userId}, ${amount}::int, ${reason}, settled.order_id, COALESCE((SELECT reversal_count FROM payment WHERE payment.order_id = settled.order_id), 0), ${now}::timestamptz
    FROM settled`;
}

/** Nothing is updated when somebody else wrote meanwhile; the period's subscription_id is then NULL, and refused. */
function extended(before: Subscription, after: Subscription): Sql {
  return sql`
    UPDATE subscription
    SET plan_id = ${after.planId}, next_plan_id = ${after.nextPlanId}::int, anchor_at = ${after.anchorAt}::timestamptz, anchor_months = ${after.anchorMonths},
        start_date = ${after.startDate}::timestamptz, end_date = ${after.endDate}::timestamptz, cancel_at_period_end = false, version = version + 1
    WHERE id = ${before.id}::uuid AND is_active AND version = ${before.version} AND EXISTS (SELECT FROM settled)
    RETURNING id`;
}

function started(s: Subscription): Sql {
  return sql`
    INSERT INTO subscription (id, user_id, plan_id, anchor_at, anchor_months, start_date, end_date, created_at)
    SELECT ${s.id}::uuid, ${s.userId}, ${s.planId}::int, ${s.anchorAt}::timestamptz, ${s.anchorMonths}::int,
           ${s.startDate}::timestamptz, ${s.endDate}::timestamptz, ${s.createdAt}::timestamptz
    FROM settled
    RETURNING id`;
}

function newPeriod(id: string, { planId, months, startsAt, endsAt, price }: Purchase['period'], now: Date): Sql {
  return sql`
    INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, months, starts_at, ends_at, price, created_at)
    SELECT ${id}::uuid, (SELECT id FROM held), settled.order_id, ${planId}::int, ${months}::int, ${startsAt}::timestamptz, ${endsAt}::timestamptz,
           ${price}::int, ${now}::timestamptz
    FROM settled`;
}

/** What had begun ends now and stands; what had not begun never comes. Remembered, so that a refund of the change can undo it. */
function endPeriods(ended: Purchase['ended'], changeId: string, now: Date): Sql {
  return sql`
    UPDATE subscription_period AS ended
    SET credited = given.credited, ended_by_id = ${changeId}::uuid, original_ends_at = ended.ends_at,
        ends_at = CASE WHEN given.stands THEN ${now}::timestamptz ELSE ended.ends_at END,
        voided_at = CASE WHEN given.stands THEN NULL ELSE ${now}::timestamptz END
    FROM held, jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) AS given (id uuid, stands bool, credited int)
    WHERE ended.id = given.id`;
}
