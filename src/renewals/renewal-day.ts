import { Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { positionOf } from '../platform/page.ts';
import { PrismaService, type Sql, sql } from '../platform/database/index.ts';
import { nextCharge } from './next-charge.ts';

export const RENEWAL_STATES = ['PLANNED', 'HELD', 'CHARGED', 'DECLINED', 'UNKNOWN'] as const;
export type RenewalState = (typeof RENEWAL_STATES)[number];

/** One charge of a day: as it is planned, and what came of it. */
export interface DayRow {
  subscriptionId: string;
  userId: string;
  planId: number;
  state: RenewalState;
  plannedAt: Date;
  /** In won: as it stands today, or as it was asked for. */
  amount: number;
  method: string | null;
  issuerCode: string | null;
  cardNumber: string | null;
  cardType: string | null;
  /** null: not asked yet */
  orderId: string | null;
  attempt: number | null;
  requestedAt: Date | null;
  code: string | null;
}

export type DayTotals = Record<RenewalState, { count: number; amount: number }>;

/** The renewals of one day of the business calendar: plan beside fact. Read, never written. */
@Injectable()
export class RenewalDay {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
  ) {}

  today(): string {
    return this.time.day(this.clock.now());
  }

  async totals(day: string): Promise<DayTotals> {
    const rows = await this.prisma.$queryRaw<{ state: RenewalState; count: bigint; amount: bigint }[]>(sql`
      WITH ${this.day(day)} SELECT state, count(*), sum(amount) AS amount FROM day GROUP BY 1`);
    const of = (state: RenewalState) => rows.find((row) => row.state === state);
    return Object.fromEntries(
      RENEWAL_STATES.map((state) => [
        state,
        { count: Number(of(state)?.count ?? 0), amount: Number(of(state)?.amount ?? 0) },
      ]),
    ) as DayTotals;
  }

  /** In the order of the day; one row more than asked for tells that there are more. */
  async rows(day: string, { limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<DayRow[]> {
    const after = positionOf(cursor);
    return this.prisma.$queryRaw<DayRow[]>(sql`
      WITH ${this.day(day)}
      SELECT day.subscription_id AS "subscriptionId", day.user_id AS "userId", day.plan_id AS "planId", day.state, day.planned_at AS "plannedAt", day.amount,
        card.method, card.issuer_code AS "issuerCode", card.card_number AS "cardNumber", card.card_type AS "cardType",
        day.order_id AS "orderId", day.attempt, day.requested_at AS "requestedAt", day.code
      FROM day LEFT JOIN payment_method card ON card.id = day.card_id
      WHERE ${after ? sql`(day.planned_at, day.subscription_id::text) > (${after.createdAt}::timestamptz, ${after.id})` : sql`true`}
      ORDER BY day.planned_at, day.subscription_id::text LIMIT ${limit + 1}`);
  }

  private day(day: string): Sql {
    const [from, to] = [this.time.midnightOf(day), this.time.midnightOf(day, 1)];
    return sql`
      day AS (
        SELECT mine.id AS subscription_id, mine.user_id, charge.plan_id, CASE WHEN mine.renewal_held_at IS NULL THEN 'PLANNED' ELSE 'HELD' END AS state,
          mine.next_charge_at AS planned_at,
          charge.amount,
          mine.payment_method_id AS card_id, NULL::varchar AS order_id, NULL::int AS attempt, NULL::timestamptz AS requested_at, NULL::varchar AS code
        FROM subscription mine CROSS JOIN ${nextCharge(sql`mine`, this.clock.now())} charge
        WHERE mine.next_charge_at >= ${from}::timestamptz AND mine.next_charge_at < ${to}::timestamptz
        UNION ALL
        SELECT renewed.subscription_id, renewed.user_id, renewed.plan_id,
          CASE asked.outcome WHEN 'APPROVED' THEN 'CHARGED' WHEN 'DECLINED' THEN 'DECLINED' WHEN 'REFUSED' THEN 'DECLINED' ELSE 'UNKNOWN' END,
          COALESCE(asked.planned_at, asked.requested_at), renewed.amount, asked.payment_method_id, asked.order_id, asked.number, asked.requested_at, asked.code
        FROM payment_attempt asked JOIN payment renewed USING (order_id)
        WHERE renewed.subscription_id IS NOT NULL AND asked.requested_at >= ${from}::timestamptz AND asked.requested_at < ${to}::timestamptz
      )`;
  }
}
