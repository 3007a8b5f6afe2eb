import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';

export interface DayFigures {
  /** yyyy-MM-dd of the business calendar. */
  day: string;
  /** Won that the provider approved on this day. */
  revenue: number;
  payments: number;
  /** Won that went back on this day. */
  refunded: number;
  refunds: number;
  /** Subscriptions that were live at some time of this day. */
  activeSubscriptions: number;
}

/**
 * Subscriptions are counted by their beginnings and ends, so that a long history costs one pass over them, and not one
 * per day.
 */
const DAILY_FIGURES = statement('operations.daily-figures', {
  params: { from: t.text, to: t.text, since: t.instant, until: t.instant, zone: t.text },
  row: {
    day: t.text,
    revenue: t.long,
    payments: t.long,
    refunded: t.long,
    refunds: t.long,
    activeSubscriptions: t.long,
  },
  sql: `
    WITH days AS (
      SELECT generate_series(:from::text::date, :to::text::date, '1 day')::date AS day
    ), paid AS (
      SELECT (approved_at AT TIME ZONE :zone::text)::date AS day, sum(amount) AS won, count(*) AS times FROM payment
      WHERE status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') AND approved_at >= :since AND approved_at < :until
      GROUP BY 1
    ), back AS (
      SELECT (completed_at AT TIME ZONE :zone::text)::date AS day, sum(amount) AS won, count(*) AS times FROM refund
      WHERE status = 'REFUNDED' AND completed_at >= :since AND completed_at < :until GROUP BY 1
    ), moves AS (
      SELECT GREATEST(day, :from::text::date) AS day, sum(change) AS change FROM (
        SELECT (start_date AT TIME ZONE :zone::text)::date AS day, 1 AS change FROM subscription
        UNION ALL
        SELECT (end_date AT TIME ZONE :zone::text)::date + 1, -1 FROM subscription
      ) move GROUP BY 1
    )
    SELECT to_char(days.day, 'YYYY-MM-DD') AS day,
      COALESCE(paid.won, 0)::int8 AS revenue, COALESCE(paid.times, 0) AS payments,
      COALESCE(back.won, 0)::int8 AS refunded, COALESCE(back.times, 0) AS refunds,
      (sum(COALESCE(moves.change, 0)) OVER (ORDER BY days.day))::int8 AS active_subscriptions
    FROM days LEFT JOIN paid USING (day) LEFT JOIN back USING (day) LEFT JOIN moves USING (day) ORDER BY days.day`,
});

/** What came in, what went back and who was subscribed, by business day. */
@Injectable()
export class DailyFigures {
  constructor(
    private readonly prisma: PrismaService,
    private readonly calendar: BusinessCalendar,
  ) {}

  /** Every day from `from` to `to`, both included, oldest first. */
  between(from: string, to: string): Promise<DayFigures[]> {
    const [since, until] = [this.calendar.midnightOf(from), this.calendar.midnightOf(to, 1)];
    return this.prisma.run(DAILY_FIGURES, { from, to, since, until, zone: this.calendar.zone });
  }
}
