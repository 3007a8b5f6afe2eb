import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { koreanReason, paymentMethodName, readingOf, TossClient } from '../providers/toss/index.ts';
import { Claims } from './claims.ts';
import { cut, whatTossTold } from './payment.row.ts';
import { SettleService } from './settle.service.ts';

/** An order whose window keeps failing is a machine's, not a buyer's. */
const ATTEMPTS_AT_MOST = 20;

export interface FailureCount {
  /** yyyy-MM-dd of the business calendar. */
  day: string;
  code: string;
  method: string | null;
  issuer: string | null;
  count: number;
}

/** Payments that failed: writing down those that never reached us, and counting all. */
@Injectable()
export class Failures implements OnModuleInit {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
    private readonly toss: TossClient,
    private readonly jobs: JobsService,
    private readonly claims: Claims,
    private readonly settling: SettleService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('describe-failure', (payload) => this.describe(payload as { orderId: string; number: number }));
  }

  /**
   * The payment window failed and sent the buyer back. Recorded on the order, unless a payment of it is under way or done:
   * anybody who holds the order id can call this.
   */
  async recordWindowFailure(orderId: string, code: string, message: string): Promise<void> {
    const now = this.clock.now();
    const recorded = await this.prisma.$executeRaw(sql`
      WITH failed AS (
        INSERT INTO payment AS mine (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, change, status, failure_code, failure_message, attempt_count, created_at)
        SELECT order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, change, 'FAILED', ${cut(code, 100)}, ${cut(message, 600)}, 1, ${now}::timestamptz
        FROM temp_order WHERE order_id = ${orderId}
        ON CONFLICT (order_id) DO UPDATE
          SET failure_code = EXCLUDED.failure_code, failure_message = EXCLUDED.failure_message, attempt_count = mine.attempt_count + 1
          WHERE mine.status = 'FAILED' AND mine.attempt_count < ${ATTEMPTS_AT_MOST}
        RETURNING order_id, attempt_count
      )
      INSERT INTO payment_attempt (order_id, number, outcome, code, message, requested_at, answered_at)
      SELECT order_id, attempt_count, 'DECLINED', ${cut(code, 100)}, ${cut(message, 600)}, ${now}::timestamptz, ${now}::timestamptz FROM failed`);
    if (recorded > 0) this.log.warn({ message: 'payment failed in the window', orderId, code, reason: message });
  }

  /** A decline does not say what the buyer paid with; the payment that it left behind at Toss may. */
  private async describe({ orderId, number }: { orderId: string; number: number }): Promise<void> {
    const attempt = await this.prisma.paymentAttempt.findUnique({ where: { orderId_number: { orderId, number } } });
    if (!attempt?.paymentKey) return;
    const look = await this.toss.lookUp(attempt.paymentKey, 'main');
    if (look.kind === 'unknown') throw new Error(`Toss does not show the payment: ${look.code}`);
    if (look.kind === 'found' && readingOf(look.payment).kind === 'approved') {
      // The no was not the last word.
      const asked = await this.claims.attempt(orderId, attempt.paymentKey);
      if (asked) return void (await this.settling.settle(asked, { kind: 'approved', payment: look.payment }));
    }
    const { method, issuerCode, easyPayProvider } =
      look.kind === 'found' ? whatTossTold(look.payment) : { method: null, issuerCode: null, easyPayProvider: null };
    await this.prisma.paymentAttempt.update({
      where: { orderId_number: { orderId, number } },
      data: { method: method && cut(method, 30), issuerCode: issuerCode && cut(issuerCode, 4) },
    });
    const reason = attempt.message || (attempt.code && koreanReason(attempt.code));
    const paidWith = paymentMethodName({ method, issuerCode, easyPayProvider })?.ko ?? null;
    this.log.warn({
      message: 'payment failed',
      orderId,
      attempt: number,
      code: attempt.code,
      reason,
      method: paidWith,
    });
  }

  /** How often each code came, per day of the business calendar, method and issuer. Newest day first. */
  async count(from: Date, to: Date): Promise<FailureCount[]> {
    const rows = await this.prisma.$queryRaw<
      { day: string; code: string; method: string | null; issuer_code: string | null; count: bigint }[]
    >(sql`
      SELECT to_char(requested_at AT TIME ZONE ${this.time.zone}, 'YYYY-MM-DD') AS day, code, method, issuer_code, count(*)
      FROM payment_attempt
      WHERE outcome IN ('DECLINED', 'REFUSED', 'MISMATCHED') AND requested_at >= ${from}::timestamptz AND requested_at < ${to}::timestamptz
      GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 5 DESC, 2`);
    return rows.map(({ day, code, method, issuer_code, count }) => {
      const issuer = paymentMethodName({ method, issuerCode: issuer_code, easyPayProvider: null });
      return { day, code, method, issuer: issuer_code && (issuer?.ko ?? issuer_code), count: Number(count) };
    });
  }
}
