import { Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { PrismaService, sql } from '../platform/database/index.ts';

export interface DayFigures {
  /** yyyy-MM-dd of the business calendar. */
  day: string;
  /** Won that Toss approved on this day. */
  revenue: number;
  payments: number;
  /** Won that went back on this day. */
  refunded: number;
  refunds: number;
  /** Subscriptions that were live at some time of this day. */
  activeSubscriptions: number;
}

/** What came in, what went back and who was subscribed, by business day. */
@Injectable()
export class DailyFigures {
  constructor(
    private readonly prisma: PrismaService,
    private readonly time: BusinessCalendar,
  ) {}

  /**
   * Every day from `from` to `to`, both included, oldest first. One statement; subscriptions are counted by their beginnings
   * and ends, so that a long history costs one pass over them and not one per day.
   */
  async between(from: string, to: string): Promise<DayFigures[]> {
    const { zone } = this.time;
    const [since, until] = [this.time.midnightOf(from), this.time.midnightOf(to, 1)];
    const rows = await this.prisma.$queryRaw<Record<keyof DayFigures, string | bigint>[]>(sql`
      WITH days AS (SELECT generate_series(${from}::date, ${to}::date, '1 day')::date AS day),
      paid AS (
        SELECT (approved_at AT TIME ZONE ${zone})::date AS day, sum(amount) AS won, count(*) AS times FROM payment
        WHERE status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') AND approved_at >= ${since}::timestamptz AND approved_at < ${until}::timestamptz GROUP BY 1
      ),
      back AS (
        SELECT (completed_at AT TIME ZONE ${zone})::date AS day, sum(amount) AS won, count(*) AS times FROM refund
        WHERE status = 'REFUNDED' AND completed_at >= ${since}::timestamptz AND completed_at < ${until}::timestamptz GROUP BY 1
      ),
      moves AS (
        SELECT GREATEST(day, ${from}::date) AS day, sum(change) AS change FROM (
          SELECT (start_date AT TIME ZONE ${zone})::date AS day, 1 AS change FROM subscription
          UNION ALL
          SELECT (end_date AT TIME ZONE ${zone})::date + 1, -1 FROM subscription
        ) move GROUP BY 1
      )
      SELECT to_char(days.day, 'YYYY-MM-DD') AS day, COALESCE(paid.won, 0) AS revenue, COALESCE(paid.times, 0) AS payments,
             COALESCE(back.won, 0) AS refunded, COALESCE(back.times, 0) AS refunds,
             (sum(COALESCE(moves.change, 0)) OVER (ORDER BY days.day))::bigint AS "activeSubscriptions"
      FROM days LEFT JOIN paid USING (day) LEFT JOIN back USING (day) LEFT JOIN moves USING (day) ORDER BY days.day`);
    return rows.map(
      ({ day, ...counts }) =>
        ({
          day,
          ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])),
        }) as DayFigures,
    );
  }
}
