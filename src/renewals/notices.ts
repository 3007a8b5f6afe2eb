import { Injectable } from '@nestjs/common';
import { BusinessTime } from '../common/business-time.ts';
import { Clock } from '../common/clock.ts';
import { isoInstant, PrismaService, sql } from '../db/index.ts';
import { Outbox } from '../outbox/index.ts';
import { consentTo } from './renewal-claims.ts';

/** Days of the calendar ahead of the charge. */
const DAYS_AHEAD = 7;
/** Small enough that a buyer never waits behind it for longer than a blink. */
const AT_ONCE = 500;
const DAY_MS = 24 * 3_600_000;

const unannounced = sql`
  renewal_held_at IS NULL AND past_due_since IS NULL AND (announced_for IS DISTINCT FROM end_date OR announced_price IS DISTINCT FROM (SELECT price FROM plan WHERE plan.id = COALESCE(next_plan_id, plan_id)))`;

/** Tells the outside of every renewal before money moves, once; again only when another price is going to be charged. */
@Injectable()
export class RenewalNotices {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessTime,
    private readonly outbox: Outbox,
  ) {}

  /** @returns how many were told */
  async announce(): Promise<number> {
    const now = this.clock.now();
    const until = this.time.midnightOf(this.time.day(now), DAYS_AHEAD + 1);
    let told = 0;
    for (let batch = AT_ONCE; batch === AT_ONCE; told += batch) {
      batch = await this.prisma.$executeRaw(sql`
        WITH due AS (
          SELECT id FROM subscription WHERE next_charge_at < ${until}::timestamptz AND ${unannounced}
          ORDER BY next_charge_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
        ), announced AS (
          UPDATE subscription SET announced_for = end_date, announced_price = plan.price
          FROM due, plan WHERE subscription.id = due.id AND plan.id = COALESCE(subscription.next_plan_id, subscription.plan_id)
          RETURNING subscription.id, subscription.user_id, next_charge_at, billing_key_id, plan.id AS plan_id, plan.price, is_trial OR plan.price > agreed_price AS needs_consent,
            ${consentTo(sql`plan`, sql`subscription`, now)} IS NOT NULL AS has_consent
        ), upcoming AS (
          SELECT announced.*, card.issuer_code, card.card_number, price - (SELECT COALESCE(sum(amount), 0) FROM balance_entry WHERE balance_entry.user_id = announced.user_id)::int AS amount
          FROM announced JOIN billing_key card ON card.id = billing_key_id
        )
        ${this.outbox.message(
          {
            type: 'subscription.renewal_upcoming',
            userId: sql`user_id`,
            subscriptionId: sql`id`,
            data: sql`jsonb_build_object('planId', plan_id, 'amount', GREATEST(amount, 0), 'price', price,
              'chargeAt', ${isoInstant(sql`next_charge_at`)}, 'billingKeyId', billing_key_id,
              'card', jsonb_build_object('issuerCode', issuer_code, 'lastDigits', right(regexp_replace(COALESCE(card_number, ''), '[^0-9*]', '', 'g'), 4)), 'consentRequired', needs_consent AND NOT has_consent)`,
          },
          sql`upcoming`,
          now,
        )}`);
    }
    return told;
  }

  /** When {@link announce} next finds something to do; null for nothing. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ due: Date | null }[]>(sql`SELECT min(next_charge_at) AS due FROM subscription WHERE next_charge_at IS NOT NULL AND ${unannounced}`);
    return row!.due && this.time.startOfDay(new Date(row!.due.getTime() - DAYS_AHEAD * DAY_MS));
  }
}
