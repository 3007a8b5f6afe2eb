import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Prisma, PrismaService, type Sql, sql, type Subscription, type Tx } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { type Bought, type Held, type Purchase, purchase } from './purchase.ts';
import { RenewalTerms } from './renewal-terms.ts';
import { agreementOf, type Terms } from './terms.ts';

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
    private readonly time: BusinessCalendar,
    private readonly renewal: RenewalTerms,
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
    const result = purchase(this.time, held, bought, now);
    const subscription = { ...this.base(userId, held, bought, now), ...result.terms };
    Object.assign(
      subscription,
      this.renewal.after(subscription, held?.subscription ?? null, bought.renews === true, now),
    );
    const periodId = uuid();
    const parts = [
      sql`held AS (${held ? extended(held.subscription, subscription) : started(subscription)})`,
      sql`period AS (${newPeriod(periodId, result, now)})`,
      sql`told AS (${this.message(subscription, result, now)})`,
      ...(result.ended.length > 0 ? [sql`ended_periods AS (${endPeriods(result.ended, periodId, now)})`] : []),
      ...(result.leftOver === 0 ? [] : [sql`left_over AS (${balanceEntry(userId, result.leftOver, 'change', now)})`]),
    ];
    return { subscription, writes: Prisma.join(parts) };
  }

  /** A trial: time that nobody has paid for yet, up to where the first paid period will begin. */
  trial(userId: string, plan: Terms & { paymentMethodId: string; endsAt: Date }, now: Date): Grant {
    const { planId, months, price, paymentMethodId, endsAt } = plan;
    const bought = { planId, months, value: 0, price, takesOver: false, paymentMethodId };
    const terms = {
      planId,
      switchAt: null,
      switchPlanId: null,
      ...agreementOf({ planId, price, months }, null),
      anchorAt: endsAt,
      anchorMonths: 0,
      startDate: now,
      endDate: endsAt,
    };
    const subscription = {
      ...this.base(userId, null, bought, now),
      ...terms,
      isTrial: true,
      needsConsent: true,
      nextChargeAt: this.renewal.chargeAt(endsAt),
    };
    const period = { planId, months, startsAt: now, endsAt, price: 0, listPrice: price };
    const result: Purchase = { kind: 'activated', terms, period, agreedBefore: null, ended: [], leftOver: 0 };
    const writes = sql`held AS (${started(subscription)}), period AS (${newPeriod(uuid(), result, now)}), told AS (${this.message(subscription, result, now)})`;
    return { subscription, writes };
  }

  /** The subscription that the time goes to, as it is but for its terms. */
  private base(
    userId: string,
    held: Held | null,
    { paymentMethodId = null, renews = false }: Bought,
    now: Date,
  ): Subscription {
    if (held) {
      const { subscription } = held;
      const { cancelAtPeriodEnd, version } = subscription;
      return {
        ...subscription,
        // The card that was charged may have been replaced or taken off file meanwhile.
        paymentMethodId: renews ? subscription.paymentMethodId : (paymentMethodId ?? subscription.paymentMethodId),
        // Buying more takes a cancellation back, but never sets off charges that the buyer has stopped.
        cancelAtPeriodEnd: (renews || subscription.paymentMethodId !== null) && cancelAtPeriodEnd,
        version: version + 1,
      };
    }
    const noRenewal = {
      nextChargeAt: null,
      renewalOrderId: null,
      renewalHeldAt: null,
      renewalHeldReason: null,
      pastDueSince: null,
      graceUntil: null,
      announcedFor: null,
      announcedAmount: null,
    };
    const noTerms = {
      planId: 0,
      switchAt: null,
      switchPlanId: null,
      ...agreementOf({ planId: 0, price: 0, months: 0 }, null),
      anchorAt: now,
      anchorMonths: 0,
      startDate: now,
      endDate: now,
    };
    return {
      ...noRenewal,
      ...noTerms,
      id: uuid(),
      userId,
      isActive: true,
      isTrial: false,
      needsConsent: false,
      paymentMethodId,
      cancelAtPeriodEnd: false,
      version: 1,
      createdAt: now,
    };
  }

  private message(
    { id: subscriptionId, userId }: Subscription,
    { kind, period, ended, leftOver }: Purchase,
    now: Date,
  ): Sql {
    const { planId, startsAt, endsAt, price } = period;
    const credit = ended.reduce((total, { credited }) => total + credited, 0);
    const data = { planId, startsAt, endsAt, price, ...(kind === 'changed' && { credit, leftOver }) };
    return this.outbox.message(
      { type: `subscription.${kind}`, userId, subscriptionId, orderId: sql`settled.order_id`, data },
      sql`settled`,
      now,
    );
  }
}

/** A movement of the user's balance, in won. */
export function balanceEntry(userId: string, amount: number, reason: 'used' | 'change' | 'kept', now: Date): Sql {
  return sql`
    INSERT INTO balance_entry (user_id, amount, reason, order_id, round, created_at)
    SELECT ${userId}, ${amount}::int, ${reason}, settled.order_id, COALESCE((SELECT reversal_count FROM payment WHERE payment.order_id = settled.order_id), 0), ${now}::timestamptz
    FROM settled`;
}

/** Nothing is updated when another write came first; the period's subscription_id is then NULL, and refused: see {@link isContention}. */
function extended(before: Subscription, after: Subscription): Sql {
  return sql`
    UPDATE subscription
    SET plan_id = ${after.planId}, switch_at = ${after.switchAt}::timestamptz, switch_plan_id = ${after.switchPlanId}::int,
        agreed_plan_id = ${after.agreedPlanId}::int, agreed_price = ${after.agreedPrice}::int, agreed_months = ${after.agreedMonths}::int,
        next_plan_id = ${after.nextPlanId}::int, next_price = ${after.nextPrice}::int, next_months = ${after.nextMonths}::int,
        anchor_at = ${after.anchorAt}::timestamptz, anchor_months = ${after.anchorMonths}, start_date = ${after.startDate}::timestamptz,
        end_date = ${after.endDate}::timestamptz, cancel_at_period_end = ${after.cancelAtPeriodEnd}, version = version + 1, is_trial = ${after.isTrial}, needs_consent = ${after.needsConsent},
        payment_method_id = ${after.paymentMethodId}::uuid, next_charge_at = ${after.nextChargeAt}::timestamptz, renewal_held_at = ${after.renewalHeldAt}::timestamptz,
        renewal_held_reason = ${after.renewalHeldReason}, past_due_since = ${after.pastDueSince}::timestamptz, grace_until = ${after.graceUntil}::timestamptz,
        renewal_order_id = CASE WHEN renewal_order_id <> (SELECT COALESCE(order_id, '') FROM settled) THEN renewal_order_id END
    WHERE id = ${before.id}::uuid AND is_active AND version = ${before.version} AND EXISTS (SELECT FROM settled)
    RETURNING id`;
}

function started(s: Subscription): Sql {
  return sql`
    INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at, anchor_months, start_date, end_date, is_trial, needs_consent, payment_method_id,
      next_charge_at, renewal_held_at, renewal_held_reason, created_at)
    SELECT ${s.id}::uuid, ${s.userId}, ${s.planId}::int, ${s.agreedPlanId}::int, ${s.agreedPrice}::int, ${s.agreedMonths}::int, ${s.anchorAt}::timestamptz, ${s.anchorMonths}::int,
           ${s.startDate}::timestamptz, ${s.endDate}::timestamptz, ${s.isTrial}, ${s.needsConsent}, ${s.paymentMethodId}::uuid, ${s.nextChargeAt}::timestamptz, ${s.renewalHeldAt}::timestamptz,
           ${s.renewalHeldReason}, ${s.createdAt}::timestamptz
    FROM settled
    RETURNING id`;
}

function newPeriod(id: string, { period, agreedBefore }: Purchase, now: Date): Sql {
  const { planId, months, startsAt, endsAt, price, listPrice } = period;
  return sql`
    INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, months, starts_at, ends_at, price, list_price, agreed_before, created_at)
    SELECT ${id}::uuid, (SELECT id FROM held), settled.order_id, ${planId}::int, ${months}::int, ${startsAt}::timestamptz, ${endsAt}::timestamptz,
           ${price}::int, ${listPrice}::int, ${agreedBefore && JSON.stringify(agreedBefore)}::jsonb, ${now}::timestamptz
    FROM settled`;
}

/**
 * The write met another one of the same buyer's: read again, and write again. Either a live subscription came to be meanwhile, or
 * the one that was read has changed or ended. Any other violation of a constraint is a defect.
 */
export function isContention(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  if (error.code === '23505') return error.constraint === 'subscription_one_live_per_user';
  return error.code === '23502' && error.table === 'subscription_period' && error.column === 'subscription_id';
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
