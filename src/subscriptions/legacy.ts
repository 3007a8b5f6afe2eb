import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { Outbox } from '../outbox/index.ts';
import { Prisma, PrismaService, type Sql, sql, type Subscription, type Tx } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Terms } from './agreement.ts';
import { ChargeDate } from './charge-date.ts';
import { type Grant as GrantRows, grantPurchase, grantTrial } from './grant.ts';
import type { CurrentSubscription, PurchaseTerms } from './purchase.ts';

// Grants as SQL fragments, for the statements of payments and renewals until these write rows themselves.

export type Held = CurrentSubscription;
export type Bought = Omit<PurchaseTerms, 'orderId'>;

/** What a paid order is about to be given: the subscription as it will then be, and the rows to write. */
export interface Grant {
  subscription: Subscription;
  /**
   * Common table expressions that write it, fed by a `settled (order_id)` with a row exactly when there is something to
   * grant.
   */
  writes: Sql;
}

@Injectable()
export class RenewalTerms {
  constructor(private readonly chargeDate: ChargeDate) {}

  chargeAt(endDate: Date): Date {
    return this.chargeDate.of(endDate);
  }
}

@Injectable()
export class SubscriptionGrants {
  constructor(
    private readonly prisma: PrismaService,
    private readonly time: BusinessCalendar,
    private readonly chargeDate: ChargeDate,
    private readonly outbox: Outbox,
  ) {}

  async heldBy(userId: string, now: Date, tx: Tx = this.prisma): Promise<Held | null> {
    const found = await tx.subscription.findFirst({
      where: { userId, isActive: true },
      include: { periods: { where: { voidedAt: null, endsAt: { gt: now } }, orderBy: { startsAt: 'asc' } } },
    });
    if (!found) return null;
    const { periods, ...subscription } = found;
    return { subscription, periods };
  }

  grant(userId: string, bought: Bought, held: Held | null, now: Date): Grant {
    const terms = { orderId: null, ...bought };
    return this.inSql(userId, grantPurchase(this.time, this.chargeDate, held, terms, userId, now), now);
  }

  trial(userId: string, plan: Terms & { paymentMethodId: string; endsAt: Date }, now: Date): Grant {
    return this.inSql(userId, grantTrial(this.chargeDate, plan, userId, now), now);
  }

  private inSql(userId: string, grant: GrantRows, now: Date): Grant {
    const { before, after } = grant.subscription;
    const event = { ...grant.event, userId, subscriptionId: after.id, orderId: sql`settled.order_id` };
    const parts = [
      sql`held AS (${before ? extended(before, after) : started(after)})`,
      sql`period AS (${newPeriod(grant)})`,
      sql`told AS (${this.outbox.message(event, sql`settled`, now)})`,
      ...(grant.endedPeriods.length > 0 ? [sql`ended_periods AS (${endPeriods(grant)})`] : []),
      ...(grant.balanceEntry === 0
        ? []
        : [sql`left_over AS (${balanceEntry(userId, grant.balanceEntry, 'change', now)})`]),
    ];
    return { subscription: after, writes: Prisma.join(parts) };
  }
}

/** A movement of the user's balance, in won. */
export function balanceEntry(userId: string, amount: number, reason: 'used' | 'change' | 'kept', now: Date): Sql {
  return sql`
    INSERT INTO balance_entry (user_id, amount, reason, order_id, round, created_at)
    SELECT ${userId}, ${amount}::int, ${reason}, settled.order_id,
      COALESCE((SELECT reversal_count FROM payment WHERE payment.order_id = settled.order_id), 0), ${now}::timestamptz
    FROM settled`;
}

/**
 * Nothing is updated when another write came first; the period's subscription_id is then NULL: see {@link
 * isContention}.
 */
function extended(before: Subscription, after: Subscription): Sql {
  return sql`
    UPDATE subscription
    SET plan_id = ${after.planId}, switch_at = ${after.switchAt}::timestamptz,
        switch_plan_id = ${after.switchPlanId}::int,
        agreed_plan_id = ${after.agreedPlanId}::int, agreed_price = ${after.agreedPrice}::int,
        agreed_months = ${after.agreedMonths}::int, next_plan_id = ${after.nextPlanId}::int,
        next_price = ${after.nextPrice}::int, next_months = ${after.nextMonths}::int,
        anchor_at = ${after.anchorAt}::timestamptz, anchor_months = ${after.anchorMonths},
        start_date = ${after.startDate}::timestamptz, end_date = ${after.endDate}::timestamptz,
        cancel_at_period_end = ${after.cancelAtPeriodEnd}, version = version + 1, is_trial = ${after.isTrial},
        needs_consent = ${after.needsConsent}, payment_method_id = ${after.paymentMethodId}::uuid,
        next_charge_at = ${after.nextChargeAt}::timestamptz, renewal_held_at = ${after.renewalHeldAt}::timestamptz,
        renewal_held_reason = ${after.renewalHeldReason}, past_due_since = ${after.pastDueSince}::timestamptz,
        grace_until = ${after.graceUntil}::timestamptz,
        renewal_order_id = CASE WHEN renewal_order_id <> (SELECT COALESCE(order_id, '') FROM settled)
          THEN renewal_order_id END
    WHERE id = ${before.id}::uuid AND is_active AND version = ${before.version} AND EXISTS (SELECT FROM settled)
    RETURNING id`;
}

function started(s: Subscription): Sql {
  return sql`
    INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
      anchor_months, start_date, end_date, is_trial, needs_consent, payment_method_id, next_charge_at, renewal_held_at,
      renewal_held_reason, created_at)
    SELECT ${s.id}::uuid, ${s.userId}, ${s.planId}::int, ${s.agreedPlanId}::int, ${s.agreedPrice}::int,
      ${s.agreedMonths}::int, ${s.anchorAt}::timestamptz, ${s.anchorMonths}::int, ${s.startDate}::timestamptz,
      ${s.endDate}::timestamptz, ${s.isTrial}, ${s.needsConsent}, ${s.paymentMethodId}::uuid,
      ${s.nextChargeAt}::timestamptz, ${s.renewalHeldAt}::timestamptz, ${s.renewalHeldReason},
      ${s.createdAt}::timestamptz
    FROM settled
    RETURNING id`;
}

function newPeriod({ period }: GrantRows): Sql {
  const { id, planId, months, startsAt, endsAt, price, listPrice, agreedBefore, createdAt } = period;
  return sql`
    INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, months, starts_at, ends_at, price,
      list_price, agreed_before, created_at)
    SELECT ${id}::uuid, (SELECT id FROM held), settled.order_id, ${planId}::int, ${months}::int,
      ${startsAt}::timestamptz, ${endsAt}::timestamptz, ${price}::int, ${listPrice}::int,
      ${agreedBefore && JSON.stringify(agreedBefore)}::jsonb, ${createdAt}::timestamptz
    FROM settled`;
}

/**
 * The write met another one of the same buyer's: read again, and write again. Either a live subscription came to be
 * meanwhile, or the one that was read has changed or ended. Any other violation of a constraint is a defect.
 */
export function isContention(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  if (error.code === '23505') return error.constraint === 'subscription_one_live_per_user';
  return error.code === '23502' && error.table === 'subscription_period' && error.column === 'subscription_id';
}

function endPeriods({ endedPeriods }: GrantRows): Sql {
  const rows = endedPeriods.map(({ id, credited, endedById, originalEndsAt, endsAt, voidedAt }) => {
    return {
      id,
      credited,
      ended_by_id: endedById,
      original_ends_at: originalEndsAt,
      ends_at: endsAt,
      voided_at: voidedAt,
    };
  });
  return sql`
    UPDATE subscription_period AS ended
    SET credited = given.credited, ended_by_id = given.ended_by_id, original_ends_at = given.original_ends_at,
        ends_at = given.ends_at, voided_at = given.voided_at
    FROM held, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS given (id uuid, credited int, ended_by_id uuid, original_ends_at timestamptz, ends_at timestamptz,
        voided_at timestamptz)
    WHERE ended.id = given.id`;
}

/**
 * Common table expressions that stop a charge while its outcome is unknown: it is not requested again, and other
 * payments of the buyer no longer wait for it.
 *
 * @param orderIds a query of the orders
 * @param refund whether what the provider turns out to have taken goes back
 */
export function stopCharge(orderIds: Sql, refund: boolean, now: Date): Sql {
  return sql`
    stopped AS (
      UPDATE payment SET stopped_at = COALESCE(stopped_at, ${now}::timestamptz),
        refund_if_taken = refund_if_taken OR ${refund},
        next_poll_at = COALESCE(next_poll_at, ${now}::timestamptz)
      WHERE order_id IN (${orderIds}) AND status = 'PENDING' AND payment_method_id IS NOT NULL
      RETURNING order_id
    ), no_longer_charging AS (
      UPDATE customer SET charging_order_id = NULL FROM stopped WHERE charging_order_id = stopped.order_id
    )`;
}
