import { Injectable, Logger } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { describePaymentMethod } from '../providers/index.ts';
import { cut } from './display.ts';
import { PaymentRepository } from './payment.repository.ts';

/** An order whose window keeps failing is a machine's, not a buyer's. */
const MAX_WINDOW_FAILURES = 20;

const COUNT = statement('payment.count_failures', {
  params: { from: t.instant, to: t.instant, zone: t.text },
  row: {
    day: t.text,
    code: t.nullable(t.text),
    method: t.nullable(t.text),
    issuerCode: t.nullable(t.text),
    count: t.int,
  },
  sql: `
    SELECT to_char(requested_at AT TIME ZONE :zone, 'YYYY-MM-DD') AS day, code, method, issuer_code,
      count(*)::int AS count
    FROM payment_attempt
    WHERE outcome IN ('DECLINED', 'REFUSED', 'MISMATCHED') AND requested_at >= :from::timestamptz
      AND requested_at < :to::timestamptz
    GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 5 DESC, 2`,
});

export interface FailureCount {
  /** yyyy-MM-dd of the business calendar. */
  day: string;
  code: string;
  method: string | null;
  issuer: string | null;
  count: number;
}

/** Payments that failed: recording those that never reached the provider, and counting all. */
@Injectable()
export class PaymentFailures {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly payments: PaymentRepository,
  ) {}

  /**
   * The payment window failed and sent the buyer back. Recorded on the order, unless a payment of it is under way or
   * done: anyone who holds the order id can call this.
   */
  async recordWindowFailure(orderId: string, code: string, message: string): Promise<void> {
    const error = { code: cut(code, 100), message: cut(message, 600) };
    const isRecorded = await this.payments.recordWindowFailure(orderId, error, this.clock.now(), MAX_WINDOW_FAILURES);
    if (isRecorded) this.log.warn({ message: 'payment failed in the window', orderId, code, reason: message });
  }

  /** How often each code came, per day of the business calendar, method and issuer. Newest day first. */
  async count(from: Date, to: Date): Promise<FailureCount[]> {
    const rows = await this.prisma.run(COUNT, { from, to, zone: this.calendar.zone });
    return rows.map(({ day, code, method, issuerCode, count }) => {
      const issuer = describePaymentMethod({ method, issuerCode, easyPayProvider: null });
      return { day, code: code!, method, issuer: issuerCode && (issuer?.ko ?? issuerCode), count };
    });
  }
}
