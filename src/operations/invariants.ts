import { Injectable, Logger } from '@nestjs/common';
import { BusinessTime } from '../common/business-time.ts';
import { Clock } from '../common/clock.ts';
import { metrics } from '../common/metrics.ts';
import { PrismaService, type Sql, sql } from '../db/index.ts';

const MINUTE_S = 60;

/** What must always be true of the books. `broken` counts what is not; 0 is well. */
interface Invariant {
  name: string;
  says: string;
  broken: Sql;
}

/** One of them, looked at. */
export interface Checked {
  name: string;
  says: string;
  broken: number;
}

const PAID = sql`('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')`;
const older = (column: Sql, minutes: number, now: Date): Sql => sql`${column} < ${new Date(now.getTime() - minutes * MINUTE_S * 1_000)}::timestamptz`;

function invariants(now: Date, time: BusinessTime): Invariant[] {
  const today = time.day(now);
  const [yesterday, before] = [time.midnightOf(today, -1), time.day(time.midnightOf(today, -2))];
  return [
    {
      name: 'books_say_what_toss_says',
      says: 'payments less refunds are what Toss holds, as far as it was reconciled (open differences)',
      broken: sql`SELECT count(*) FROM reconciliation_difference WHERE resolved_at IS NULL`,
    },
    {
      name: 'books_were_compared_lately',
      says: 'what was paid before yesterday has been compared with Toss',
      broken: sql`
        SELECT count(*) FROM (SELECT 1) once
        WHERE EXISTS (SELECT FROM payment WHERE approved_at < ${yesterday}::timestamptz) AND NOT EXISTS (SELECT FROM reconciliation WHERE date >= ${before})`,
    },
    {
      name: 'paid_is_granted_once',
      says: 'every paid order has brought exactly one period or gift, or stands in the balance',
      broken: sql`
        SELECT count(*) FROM payment
        WHERE status IN ('SUCCESS', 'PARTIALLY_REFUNDED') AND 1 <> (SELECT count(*) FROM subscription_period period WHERE period.order_id = payment.order_id)
          + (SELECT count(*) FROM event_entry gift WHERE gift.order_id = payment.order_id AND gift.amount > 0 AND gift.round = payment.reversal_count)
          + (SELECT count(*) FROM balance_entry kept WHERE kept.order_id = payment.order_id AND kept.reason = 'kept' AND kept.round = payment.reversal_count)`,
    },
    {
      name: 'no_period_without_money',
      says: 'every period that stands was paid for',
      broken: sql`
        SELECT count(*) FROM subscription_period period JOIN payment USING (order_id)
        WHERE period.voided_at IS NULL AND payment.status NOT IN ('SUCCESS', 'PARTIALLY_REFUNDED')`,
    },
    {
      name: 'periods_follow_without_gap_or_overlap',
      says: 'periods that stand follow one another, but for where one was refunded',
      broken: sql`
        SELECT count(*) FROM (
          SELECT subscription_id, starts_at, lag(ends_at) OVER (PARTITION BY subscription_id ORDER BY starts_at) AS before
          FROM subscription_period WHERE voided_at IS NULL
        ) period WHERE before <> starts_at AND NOT (before < starts_at AND EXISTS (
          SELECT FROM subscription_period gone
          WHERE gone.subscription_id = period.subscription_id AND gone.voided_at IS NOT NULL AND gone.credited = gone.price AND gone.starts_at < period.starts_at AND gone.ends_at > period.before))`,
    },
    {
      name: 'refunds_add_up',
      says: 'what a payment says was refunded is the sum of its refunds',
      broken: sql`
        SELECT count(*) FROM payment WHERE status IN ${PAID} AND refunded_amount <>
          (SELECT COALESCE(sum(refund.amount), 0) FROM refund WHERE refund.order_id = payment.order_id AND refund.status = 'REFUNDED')`,
    },
    {
      name: 'events_say_what_was_given',
      says: 'what an event gathered from an order is what was paid less what was refunded',
      broken: sql`
        SELECT count(*) FROM payment WHERE duration_months IS NULL AND status IN ${PAID} AND amount - refunded_amount <>
          (SELECT COALESCE(sum(gift.amount), 0) FROM event_entry gift WHERE gift.order_id = payment.order_id)`,
    },
    {
      name: 'every_won_is_somewhere',
      says: "a user's payments less refunds are in periods or in their balance",
      broken: sql`
        SELECT count(*) FROM (
          SELECT user_id, sum(amount - refunded_amount) AS paid FROM payment WHERE status IN ${PAID} AND duration_months IS NOT NULL GROUP BY user_id
        ) paid
        LEFT JOIN (SELECT user_id, sum(price - credited) AS spent FROM subscription_period JOIN subscription ON subscription.id = subscription_id GROUP BY user_id) held USING (user_id)
        LEFT JOIN (SELECT user_id, sum(amount) AS balance FROM balance_entry GROUP BY user_id) owed USING (user_id)
        WHERE paid <> COALESCE(spent, 0) + COALESCE(balance, 0)`,
    },
    {
      name: 'nothing_stays_unknown',
      says: 'no payment or refund has been unknown, and no net cancel open, for more than an hour',
      broken: sql`
        SELECT (SELECT count(*) FROM payment WHERE status = 'PENDING' AND ${older(sql`created_at`, 60, now)})
          + (SELECT count(*) FROM refund WHERE status = 'PENDING' AND ${older(sql`created_at`, 60, now)})
          + (SELECT count(*) FROM net_cancel WHERE status = 'PENDING' AND ${older(sql`created_at`, 60, now)})`,
    },
    {
      name: 'webhooks_are_processed',
      says: 'no webhook has waited for more than an hour, and none was given up',
      broken: sql`
        SELECT count(*) FROM webhook_event WHERE status = 'FAILED' OR (status = 'PENDING' AND ${older(sql`created_at`, 60, now)})`,
    },
  ];
}

/** Looks whether the books are well. */
@Injectable()
export class Invariants {
  private readonly log = new Logger('invariants');
  /** Names of those that were broken when they were last looked at. */
  broken: string[] = [];

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessTime,
  ) {}

  /** Reads everything; some of it takes seconds on millions of rows. */
  async check(): Promise<Checked[]> {
    const checked: Checked[] = [];
    for (const { name, says, broken } of invariants(this.clock.now(), this.time)) {
      const [row] = await this.prisma.$queryRaw<{ count: bigint }[]>(sql`SELECT (${broken})::bigint AS count`);
      const count = Number(row!.count);
      metrics.brokenInvariants.set({ name }, count);
      if (count > 0) this.log.error({ message: `an invariant is broken: ${says}`, invariant: name, broken: count });
      checked.push({ name, says, broken: count });
    }
    this.broken = checked.filter((one) => one.broken > 0).map(({ name }) => name);
    return checked;
  }
}
