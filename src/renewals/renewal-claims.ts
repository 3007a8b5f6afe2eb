import { Injectable, Logger } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { currentRequestId } from '../platform/logging/request-context.ts';
import {
  isDefect,
  Prisma,
  PrismaService,
  type Sql,
  sql,
  type Subscription,
  type Tx,
} from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import {
  type Asked,
  askedColumns,
  askedFrom,
  type AskedRow,
  ENDS_ORDER,
  firstLookAt,
  liveJson,
  paymentColumns,
  planJson,
} from '../payments/index.ts';
import { balanceEntry, RenewalTerms, SubscriptionGrants } from '../subscriptions/index.ts';
import { consentTo, isChargedWithin, type NextCharge, nextCharge } from './next-charge.ts';
import { RenewalNotices } from './notices.ts';
import { type Decision, decideRenewal, type RenewalFacts } from '../subscriptions/index.ts';

/** While another payment of the buyer's is under way, their card waits. */
const POSTPONED_MS = 10 * 60_000;

/** What was decided about renewals that were due. */
export interface Claimed {
  /** Attempts whose idempotency key is committed: to be requested. */
  charges: Asked[];
  /** How many were decided about, charges among them. */
  decided: number;
}

interface Due extends RenewalFacts {
  subscription: Subscription;
}

/** A charge to begin. */
interface Charge extends NextCharge {
  subscriptionId: string;
  newOrderId: string;
  /** The order that is requested again. null: the new one */
  again: string | null;
  consentId: string | null;
}

/** 1. Begin the attempt: the charge and its idempotency key are committed before the provider is called. */
@Injectable()
export class RenewalClaims {
  private readonly log = new Logger('renewals');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
    private readonly terms: RenewalTerms,
    private readonly grants: SubscriptionGrants,
    private readonly notices: RenewalNotices,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes the renewals that have been due for longest, past those that others have in their hands, locks their buyers, and decides
   * about each as it stands then: nothing that was cancelled, refunded, changed or paid otherwise before can be charged.
   *
   * A renewal that cannot be decided about, for whatever defect, is put on hold for an operator and holds up no other.
   */
  async claim(limit: number): Promise<Claimed> {
    const taken: string[] = [];
    try {
      return await this.decide(sql`true`, limit, taken);
    } catch (error) {
      if (!isDefect(error)) throw error;
    }
    // One of them is at fault: each by itself.
    const claimed: Claimed = { charges: [], decided: 0 };
    for (const id of taken) {
      const one = await this.decide(sql`due.id = ${id}::uuid`, 1).catch((error: unknown) => this.setAside(id, error));
      claimed.charges.push(...one.charges);
      claimed.decided += one.decided;
    }
    return claimed;
  }

  /** @param taken is filled with the ids that were taken, for the caller of what fails */
  private decide(which: Sql, limit: number, taken: string[] = []): Promise<Claimed> {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      // By a statement of its own: what is read after it was committed before the lock was granted.
      const locked = await tx.$queryRaw<{ id: string }[]>(sql`
        SELECT due.id FROM subscription due JOIN customer ON customer.user_id = due.user_id
        WHERE due.next_charge_at <= ${now}::timestamptz AND due.renewal_held_at IS NULL AND due.is_active AND NOT due.cancel_at_period_end
          AND due.renewal_order_id IS NULL AND customer.charging_order_id IS NULL AND ${which}
          AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)
        ORDER BY due.next_charge_at LIMIT ${limit} FOR NO KEY UPDATE OF due, customer SKIP LOCKED`);
      taken.splice(0, taken.length, ...locked.map(({ id }) => id));
      const due = await this.facts(tx, taken, now);
      const charges: Charge[] = [];
      for (const one of due) {
        const decision = decideRenewal(one);
        if (decision.kind === 'charge') charges.push(chargeOf(one, decision.orderId));
        else await this.writeOther(tx, one, decision, now);
      }
      return { charges: await this.beginAttempts(tx, charges, now), decided: due.length };
    });
  }

  private async facts(tx: Tx, ids: readonly string[], now: Date): Promise<Due[]> {
    if (ids.length === 0) return [];
    const subscriptions = await tx.subscription.findMany({
      where: { id: { in: [...ids] } },
      orderBy: { nextChargeAt: 'asc' },
    });
    const rows = await tx.$queryRaw<
      (Omit<RenewalFacts, 'needsConsent' | 'isPastDue' | 'announcedAmount'> & { id: string })[]
    >(sql`
      SELECT due.id,
        jsonb_build_object('planId', charge.plan_id, 'months', charge.months, 'price', charge.price, 'balanceUsed', charge.balance_used, 'amount', charge.amount) AS charge,
        ${consentTo(sql`due`, sql`charge`, now)} AS "consentId",
        EXISTS (SELECT FROM payment other WHERE other.user_id = due.user_id AND other.status = 'PENDING' AND other.duration_months IS NOT NULL AND other.stopped_at IS NULL)
          AS "isPayingOtherwise",
        ${isChargedWithin(sql`due.id`, this.time.startOfDay(now), this.time.endOfDay(now))} AS "isChargedToday",
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('orderId', order_id, 'planId', plan_id, 'months', duration_months, 'balanceUsed', balance_used, 'amount', amount,
            'isOpen', status <> 'FAILED', 'isEnded', COALESCE(failure_code = ANY(${ENDS_ORDER}::text[]), false)) ORDER BY created_at DESC), '[]')
          FROM payment WHERE subscription_id = due.id AND due_at = due.end_date AND status <> 'REFUNDED') AS earlier
      FROM subscription due CROSS JOIN ${nextCharge(sql`due`, now)} charge
      WHERE due.id = ANY(${ids}::uuid[])`);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return subscriptions.map((subscription) => {
      const { needsConsent, pastDueSince, announcedFor, announcedAmount, endDate } = subscription;
      const isAnnounced = announcedFor?.getTime() === endDate.getTime();
      return {
        ...byId.get(subscription.id)!,
        subscription,
        needsConsent,
        isPastDue: pastDueSince !== null,
        announcedAmount: isAnnounced ? announcedAmount : null,
      };
    });
  }

  /** One statement for all: payments, attempts, and the subscriptions and buyers that wait for their outcome. */
  private async beginAttempts(tx: Tx, charges: readonly Charge[], now: Date): Promise<Asked[]> {
    if (charges.length === 0) return [];
    const claimed = sql`claimed`;
    const rows = await tx.$queryRaw<AskedRow[]>(sql`
      WITH given AS (
        SELECT charge.*, due.user_id, due.end_date, due.payment_method_id, due.next_charge_at, plan.name, plan.currency
        FROM jsonb_to_recordset(${JSON.stringify(charges)}::jsonb)
          AS charge ("subscriptionId" uuid, "newOrderId" text, again text, "consentId" uuid, "planId" int, months int, amount int, "balanceUsed" int)
        JOIN subscription due ON due.id = charge."subscriptionId" JOIN plan ON plan.id = charge."planId"
      ), begun AS (
        INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, payment_method_id, subscription_id, due_at, consent_id,
          status, attempt_count, next_poll_at, created_at)
        SELECT "newOrderId", user_id, "planId", name, amount, currency, months, "balanceUsed", payment_method_id, "subscriptionId", end_date, "consentId", 'PENDING', 1,
          ${firstLookAt(now)}::timestamptz, ${now}::timestamptz
        FROM given WHERE again IS NULL
        RETURNING *
      ), again AS (
        UPDATE payment SET status = 'PENDING', payment_method_id = given.payment_method_id, attempt_count = attempt_count + 1, next_poll_at = ${firstLookAt(now)}::timestamptz,
          polled_at = NULL, failure_code = NULL, failure_message = NULL
        FROM given WHERE payment.order_id = given.again AND payment.status = 'FAILED'
        RETURNING payment.*
      ), claimed AS (SELECT * FROM begun UNION ALL SELECT * FROM again),
      asked AS (
        INSERT INTO payment_attempt (order_id, number, idempotency_key, payment_method_id, method, issuer_code, planned_at, request_id, requested_at)
        SELECT claimed.order_id, claimed.attempt_count, 'charge-' || claimed.order_id || '-' || claimed.attempt_count, card.id, card.method, card.issuer_code, given.next_charge_at,
          ${currentRequestId()}, ${now}::timestamptz
        FROM claimed JOIN given ON given."subscriptionId" = claimed.subscription_id JOIN payment_method card ON card.id = claimed.payment_method_id
        RETURNING *
      ), charging AS (
        UPDATE customer SET charging_order_id = claimed.order_id FROM claimed WHERE customer.user_id = claimed.user_id
      ), live AS (
        UPDATE subscription SET version = version + 1, renewal_order_id = claimed.order_id, next_charge_at = NULL FROM claimed WHERE subscription.id = claimed.subscription_id
        RETURNING subscription.*
      )
      SELECT ${paymentColumns(claimed)}, ${askedColumns}, ${planJson} AS plan, ${liveJson} AS live
      FROM claimed JOIN asked ON asked.order_id = claimed.order_id JOIN plan ON plan.id = claimed.plan_id JOIN live ON live.id = claimed.subscription_id`);
    if (rows.length !== charges.length)
      throw new Error(`${charges.length} charges were decided on, ${rows.length} begun`);
    return rows.map(askedFrom);
  }

  /** Whatever was decided but a charge. */
  private async writeOther(
    tx: Tx,
    due: Due,
    decision: Exclude<Decision, { kind: 'charge' }>,
    now: Date,
  ): Promise<void> {
    const { subscription, charge } = due;
    const { id, userId, endDate } = subscription;
    switch (decision.kind) {
      case 'grant':
        return this.grant(tx, due, now);
      case 'announce':
        // Told today, charged at the next charge hour of another day.
        return this.notices.announceBeforeCharge(
          tx,
          id,
          this.terms.chargeAt(this.time.midnightOf(this.time.day(now), 2)),
        );
      case 'postpone':
        this.log.warn({ message: 'renewal postponed: the buyer is paying otherwise', subscriptionId: id });
        return this.plan(tx, id, new Date(now.getTime() + POSTPONED_MS));
      case 'no_consent': {
        this.log.warn({ message: 'not renewed: the buyer has not consented', subscriptionId: id });
        const data = { planId: charge.planId, price: charge.price, endDate };
        await this.plan(tx, id, null);
        return this.outbox.write(tx, { type: 'subscription.consent_missing', userId, subscriptionId: id, data }, now);
      }
      case 'already_renewed':
        this.log.error({
          message: 'a period whose renewal is paid or under way fell due again; it is not charged',
          subscriptionId: id,
        });
        return this.plan(tx, id, null);
    }
  }

  private async plan(tx: Tx, id: string, nextChargeAt: Date | null): Promise<void> {
    await tx.subscription.update({ where: { id }, data: { nextChargeAt, version: { increment: 1 } } });
  }

  /** The balance pays: the period is granted, and its price is taken from the balance. */
  private async grant(tx: Tx, { subscription, charge }: Due, now: Date): Promise<void> {
    const { userId, id } = subscription;
    const { planId, months, price } = charge;
    const bought = { planId, months, value: price, price, takesOver: false, renews: true };
    const { writes } = this.grants.grant(userId, bought, { subscription, periods: [] }, now);
    await tx.$executeRaw(sql`
      WITH settled AS (SELECT NULL::varchar AS order_id), ${Prisma.join([writes, sql`paid AS (${balanceEntry(userId, -price, 'used', now)})`])} SELECT 1`);
    this.log.log({ message: 'renewed without a charge: the balance paid', subscriptionId: id, price });
  }

  /** A defect of this one: an operator has to look at it. @throws what is trouble with the database, which others would meet too */
  private async setAside(id: string, error: unknown): Promise<Claimed> {
    if (!isDefect(error)) throw error;
    const now = this.clock.now();
    const { count } = await this.prisma.subscription.updateMany({
      where: { id, renewalHeldAt: null, renewalOrderId: null, nextChargeAt: { not: null } },
      data: { renewalHeldAt: now, renewalHeldReason: 'DEFECT', version: { increment: 1 } },
    });
    if (count > 0)
      this.log.error({
        message: 'a renewal was put on hold: it could not be decided about',
        subscriptionId: id,
        error: (error as Error).stack,
      });
    return { charges: [], decided: count };
  }
}

function chargeOf({ subscription, charge, consentId }: Due, again: string | null): Charge {
  return { subscriptionId: subscription.id, newOrderId: uuid(), again, consentId, ...charge };
}
