import { Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { isoInstant, PrismaService, type Sql, sql, type Tx } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { consentTo, nextCharge } from './next-charge.ts';

/** Days of the calendar ahead of the charge. */
const DAYS_AHEAD = 7;
/** Small enough that a buyer never waits behind it for longer than a blink. */
const AT_ONCE = 500;
const DAY_MS = 24 * 3_600_000;

const announceable = sql`renewal_held_at IS NULL AND past_due_since IS NULL`;
/** Once the charge was put off past the end of the period, only more is news: who lowers and raises it in turn is not served for free. */
const unannounced = sql`(announced_for IS DISTINCT FROM end_date OR announced_amount < charge.amount OR (announced_amount > charge.amount AND next_charge_at < end_date))`;

/** Tells the outside of every renewal before money moves, once; again only when another amount is going to be charged. */
@Injectable()
export class RenewalNotices {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
    private readonly outbox: Outbox,
  ) {}

  /** @returns how many were told */
  async announce(): Promise<number> {
    const now = this.clock.now();
    const until = this.time.midnightOf(this.time.day(now), DAYS_AHEAD + 1);
    let told = 0;
    for (let batch = AT_ONCE; batch === AT_ONCE; told += batch) {
      const due = sql`
        SELECT mine.id FROM subscription mine CROSS JOIN ${nextCharge(sql`mine`, now)} charge
        WHERE mine.next_charge_at < ${until}::timestamptz AND ${announceable} AND ${unannounced}
        ORDER BY mine.next_charge_at LIMIT ${AT_ONCE} FOR UPDATE OF mine SKIP LOCKED`;
      batch = await this.write(this.prisma, due, sql`mine.next_charge_at`, now);
    }
    return told;
  }

  /**
   * Tells what one renewal is going to charge, and puts the charge off until then: an amount that was not announced, or more than
   * was, is not charged. In the caller's transaction, which has locked the subscription.
   */
  async announceBeforeCharge(tx: Tx, subscriptionId: string, chargeAt: Date): Promise<void> {
    await this.write(tx, sql`SELECT ${subscriptionId}::uuid AS id`, sql`${chargeAt}::timestamptz`, this.clock.now());
  }

  /** When {@link announce} next finds something to do; null for nothing. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ due: Date | null }[]>(sql`
      SELECT min(next_charge_at) AS due FROM subscription CROSS JOIN ${nextCharge(sql`subscription`, this.clock.now())} charge
      WHERE next_charge_at IS NOT NULL AND ${announceable} AND ${unannounced}`);
    return row!.due && this.time.startOfDay(new Date(row!.due.getTime() - DAYS_AHEAD * DAY_MS));
  }

  private write(tx: Tx, due: Sql, chargeAt: Sql, now: Date): Promise<number> {
    const data = sql`jsonb_build_object('planId', plan_id, 'amount', amount, 'price', price, 'chargeAt', ${isoInstant(sql`next_charge_at`)},
      'billingKeyId', payment_method_id, 'card', jsonb_build_object('issuerCode', issuer_code, 'lastDigits', right(regexp_replace(COALESCE(card_number, ''), '[^0-9*]', '', 'g'), 4)),
      'consentRequired', needs_consent AND consent_id IS NULL)`;
    return tx.$executeRaw(sql`
      WITH due AS (${due}), announced AS (
        UPDATE subscription mine SET announced_for = mine.end_date, announced_amount = charge.amount, next_charge_at = ${chargeAt}
        FROM due JOIN subscription before ON before.id = due.id CROSS JOIN ${nextCharge(sql`before`, now)} charge
        WHERE mine.id = due.id
        RETURNING mine.id, mine.user_id, mine.next_charge_at, mine.payment_method_id, mine.needs_consent, charge.plan_id, charge.price, charge.amount
      ), upcoming AS (
        SELECT announced.*, card.issuer_code, card.card_number, ${consentTo(sql`announced`, sql`announced`, now)} AS consent_id
        FROM announced JOIN payment_method card ON card.id = payment_method_id
      )
      ${this.outbox.message({ type: 'subscription.renewal_upcoming', userId: sql`user_id`, subscriptionId: sql`id`, data }, sql`upcoming`, now)}`);
  }
}
