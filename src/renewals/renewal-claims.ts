import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { currentRequestId } from '../common/request-context.ts';
import { isoInstant, type Plan, PrismaService, type Sql, sql, sqlState, type Subscription } from '../db/index.ts';
import { Outbox } from '../outbox/index.ts';
import { type Asked, askedColumns, askedFrom, type AskedRow, firstLookAt, liveFrom, liveJson, paymentColumns, planJson } from '../payments/index.ts';
import { LEAST_CHARGE } from '../subscriptions/index.ts';

/** The law's: consent is good for so long (E-commerce Act of Korea, Article 13, paragraph 6). */
export const CONSENT_DAYS = 30;
/** While another payment of the buyer's is under way, their card waits. */
const POSTPONED_MINUTES = 10;

/** A renewal that was due, and what is to be done about it. */
export type Claimed =
  | { kind: 'charge'; asked: Asked }
  /** Too little to charge: the period is granted, and the amount goes to the buyer's balance. */
  | { kind: 'carry'; live: Subscription; plan: Plan }
  /** It is not charged: without the buyer's consent, while they pay otherwise, or because that period is paid. */
  | { kind: 'no_consent' | 'busy' | 'paid'; subscriptionId: string };

type Row = Partial<AskedRow> & { verdict: Claimed['kind']; subscriptionId: string; plan: Plan; live: AskedRow['live'] };

const [begun, charged] = [sql`begun`, sql`charged`];

/** A consent to the price that is about to be charged, given lately enough. */
export const consentTo = (plan: Sql, subscription: Sql, now: Date): Sql => sql`
  (SELECT consent.id FROM consent
   WHERE consent.subscription_id = ${subscription}.id AND consent.plan_id = ${plan}.id AND consent.price >= ${plan}.price
     AND consent.given_at BETWEEN ${now}::timestamptz - make_interval(days => ${CONSENT_DAYS}) AND ${now}::timestamptz
   ORDER BY consent.given_at DESC LIMIT 1)`;

/** 1. Claim: the charge and its idempotency key are committed before Toss is called. */
@Injectable()
export class RenewalClaims {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes the renewal that has been due for longest, past those that others have in their hands, and decides about it as it stands
   * at this moment: one statement looks at the subscription and writes the asking, so nothing that was cancelled, refunded or
   * changed in between can be charged.
   *
   * @returns null when nothing is due, or renewals are paused
   */
  async claim(): Promise<Claimed | null> {
    try {
      return await this.claimOne();
    } catch (error) {
      // The buyer began to pay otherwise at this very moment. It is still due, and then it waits.
      if (sqlState(error) !== '23505') throw error;
      return this.claimOne();
    }
  }

  private async claimOne(): Promise<Claimed | null> {
    const now = this.clock.now();
    const [row] = await this.prisma.statement<Row>(sql`
      WITH due AS (
        SELECT * FROM subscription
        WHERE next_charge_at <= ${now}::timestamptz AND renewal_held_at IS NULL AND is_active AND NOT cancel_at_period_end AND renewal_order_id IS NULL
          AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)
        ORDER BY next_charge_at LIMIT 1 FOR UPDATE SKIP LOCKED
      ), judged AS (
        SELECT due.*, plan.id AS for_plan_id, plan.name, plan.price, plan.currency, plan.duration_months, owed.balance, consented.id AS consented_id, series.order_id AS series_id,
          CASE
            WHEN EXISTS (SELECT FROM payment other WHERE other.user_id = due.user_id AND other.status = 'PENDING') THEN 'busy'
            WHEN series.status = 'FAILED' THEN 'charge'
            WHEN series.status IS NOT NULL THEN 'paid'
            WHEN (due.is_trial OR plan.price > due.agreed_price) AND consented.id IS NULL THEN 'no_consent'
            WHEN plan.price - owed.balance < ${LEAST_CHARGE} THEN 'carry'
            ELSE 'charge'
          END AS verdict
        FROM due JOIN plan ON plan.id = COALESCE(due.next_plan_id, due.plan_id)
        LEFT JOIN LATERAL (SELECT order_id, status FROM payment WHERE subscription_id = due.id AND due_at = due.end_date AND status <> 'REFUNDED') series ON true
        CROSS JOIN LATERAL (SELECT COALESCE(sum(amount), 0)::int AS balance FROM balance_entry WHERE balance_entry.user_id = due.user_id) owed
        CROSS JOIN LATERAL (SELECT ${consentTo(sql`plan`, sql`due`, now)} AS id) consented
      ), begun AS (
        INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, billing_key_id, subscription_id, due_at, consent_id, status, attempt_count, next_look_at, created_at)
        SELECT gen_random_uuid()::text, user_id, for_plan_id, name, price - balance, currency, duration_months, balance, billing_key_id, id, end_date, consented_id, 'PENDING', 1,
               ${firstLookAt(now)}::timestamptz, ${now}::timestamptz
        FROM judged WHERE verdict = 'charge' AND series_id IS NULL
        RETURNING *
      ), again AS (
        UPDATE payment SET status = 'PENDING', billing_key_id = judged.billing_key_id, attempt_count = attempt_count + 1, next_look_at = ${firstLookAt(now)}::timestamptz,
          looked_at = NULL, failure_code = NULL, failure_message = NULL
        FROM judged WHERE verdict = 'charge' AND payment.order_id = series_id AND payment.status = 'FAILED'
        RETURNING payment.*
      ), charged AS (SELECT * FROM ${begun} UNION ALL SELECT * FROM again),
      asked AS (
        INSERT INTO payment_attempt (order_id, number, idempotency_key, billing_key_id, method, issuer_code, planned_at, request_id, asked_at)
        SELECT charged.order_id, charged.attempt_count, 'charge-' || charged.order_id || '-' || charged.attempt_count, card.id, card.method, card.issuer_code, judged.next_charge_at, ${currentRequestId()}, ${now}::timestamptz
        FROM judged JOIN charged ON true JOIN billing_key card ON card.id = charged.billing_key_id
        RETURNING *
      ), live AS (
        UPDATE subscription AS mine SET version = mine.version + 1, renewal_order_id = (SELECT order_id FROM charged),
          next_charge_at = CASE WHEN verdict = 'busy' THEN ${now}::timestamptz + make_interval(mins => ${POSTPONED_MINUTES}) END
        FROM judged WHERE mine.id = judged.id AND verdict <> 'carry'
        RETURNING mine.*
      ), told AS (
        ${this.outbox.message(
          {
            type: 'subscription.consent_missing',
            userId: sql`user_id`,
            subscriptionId: sql`id`,
            data: sql`jsonb_build_object('planId', for_plan_id, 'price', price,
              'endDate', ${isoInstant(sql`end_date`)})`,
          },
          sql`judged WHERE verdict = 'no_consent'`,
          now,
        )}
      )
      SELECT judged.verdict, judged.id AS "subscriptionId", ${paymentColumns(charged)}, judged.id AS "subscriptionId", ${askedColumns}, ${planJson} AS plan, ${liveJson} AS live
      FROM judged JOIN plan ON plan.id = judged.for_plan_id
      LEFT JOIN charged ON true LEFT JOIN asked ON true
      LEFT JOIN LATERAL (SELECT * FROM live UNION ALL SELECT * FROM due WHERE verdict = 'carry') live ON true`);
    return row ? claimedFrom(row) : null;
  }
}

function claimedFrom(row: Row): Claimed {
  const { verdict, subscriptionId, plan } = row;
  if (verdict === 'charge') return { kind: 'charge', asked: askedFrom(row as AskedRow) };
  if (verdict === 'carry') return { kind: 'carry', live: liveFrom(row.live)!, plan };
  return { kind: verdict, subscriptionId };
}
