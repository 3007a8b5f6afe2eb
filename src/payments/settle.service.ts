import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { type Payment, Prisma, PrismaService, type PaymentStatus, type Sql, sql, sqlState, type Subscription } from '../db/index.ts';
import { EventsService } from '../events/index.ts';
import { JobsService } from '../jobs/index.ts';
import { SubscriptionGrants } from '../subscriptions/index.ts';
import type { Outcome, TossPayment } from '../toss/index.ts';
import { nextLookAt } from './look-schedule.ts';
import { NetCancels } from './net-cancels.ts';
import { type Asked, cut, toldColumns, whatTossTold } from './payment.row.ts';
import { before } from './payment.status.ts';

/** What became of a payment when an outcome was settled. */
export type Settled =
  | { kind: 'paid'; payment: Payment; subscription: Subscription | null }
  | { kind: 'waiting'; payment: Payment }
  | { kind: 'declined'; code: string; message: string }
  | { kind: 'mismatched' }
  | { kind: 'pending' }
  /** Somebody else settled it before us: read what they wrote. */
  | { kind: 'overtaken' };

type Approved = Extract<Outcome, { kind: 'approved' }>;

/** So often may a buyer's subscription change under a settle before that is a defect. */
const READS_AT_MOST = 10;

/** 3. Settle: the one door for all news about an order. Whoever comes first writes; whoever comes again changes nothing. */
@Injectable()
export class SettleService {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly grants: SubscriptionGrants,
    private readonly events: EventsService,
    private readonly netCancels: NetCancels,
  ) {}

  async settle(asked: Asked, outcome: Outcome): Promise<Settled> {
    const settled = await this.write(asked, outcome);
    const about = { orderId: asked.payment.orderId, attempt: asked.number, paymentKey: asked.paymentKey };
    const code = outcome.kind === 'approved' ? outcome.payment.status : outcome.kind === 'declined' ? outcome.error.code : outcome.code;
    this.log.log({ message: 'settled', ...about, settled: settled.kind, toss: code });
    return settled;
  }

  private async write(asked: Asked, outcome: Outcome): Promise<Settled> {
    switch (outcome.kind) {
      case 'unknown':
        return this.unknown(asked, outcome);
      case 'declined':
        return this.declined(asked, outcome);
      case 'approved':
        if (differs(asked, outcome.payment)) return this.mismatched(asked);
        return outcome.payment.status === 'WAITING_FOR_DEPOSIT' ? this.waiting(asked, outcome) : this.paid(asked, outcome);
    }
  }

  /** Everything that a paid order brings, in one statement: all or nothing. */
  private async paid(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const refundedAmount = toss.totalAmount - (toss.balanceAmount ?? toss.totalAmount);
    const status: PaymentStatus = refundedAmount === 0 ? 'SUCCESS' : refundedAmount < toss.totalAmount ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
    const payment = { ...asked.payment, ...whatTossTold(toss), approvedAt: toss.approvedAt ?? now, refundedAmount, status, failureCode: null, failureMessage: null, nextLookAt: null };
    let live = asked.live;
    for (let reads = 1; ; reads++) {
      const grant = status !== 'REFUNDED' && payment.durationMonths !== null
        ? this.grants.grant({ orderId: payment.orderId, userId: payment.userId, planId: payment.planId, months: payment.durationMonths }, live, now)
        : undefined;
      const gift = payment.durationMonths === null && refundedAmount < payment.amount ? this.events.add({ planId: payment.planId, amount: payment.amount - refundedAmount }, now) : undefined;
      try {
        const written = await this.prisma.$queryRaw<object[]>(sql`
          WITH settled AS (
            UPDATE payment
            SET status = ${status}::"PaymentStatus", payment_key = ${asked.paymentKey}, refunded_amount = ${refundedAmount}, ${toldColumns(payment)},
                approved_at = ${payment.approvedAt}::timestamptz, failure_code = NULL, failure_message = NULL, next_look_at = NULL
            WHERE order_id = ${payment.orderId} AND status = ANY(${before('SUCCESS')}::"PaymentStatus"[])
            RETURNING order_id
          ), answered AS (${this.answered(asked, 'APPROVED', null, now)}),
          ${Prisma.join([...(grant ? [grant.writes] : []), ...(gift ? [gift] : []), this.refundedByToss(toss, now)])},
          ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)
          SELECT order_id FROM settled`);
        if (written.length === 0) return await this.overtaken(asked);
        return { kind: 'paid', payment, subscription: grant?.subscription ?? null };
      } catch (error) {
        const state = sqlState(error);
        // 23505: another live subscription or period was first. 23502: the one we read has ended or grown.
        if (reads === READS_AT_MOST || (state !== '23505' && state !== '23502')) throw error;
        live = await this.grants.liveOf(payment.userId);
      }
    }
  }

  /** Cancels that Toss shows on a payment we are only now learning of were not ours: they enter the books as Toss's. */
  private refundedByToss(toss: TossPayment, now: Date): Sql {
    if (toss.cancels.length === 0) return sql`no_refunds AS (SELECT)`;
    const cancels = toss.cancels.map((cancel) => ({ key: cancel.transactionKey, amount: cancel.cancelAmount, reason: cancel.cancelReason ?? '', at: cancel.canceledAt ?? now }));
    return sql`
      refunded AS (
        INSERT INTO refund (id, order_id, amount, reason, status, requested_by, transaction_key, created_at, completed_at)
        SELECT gen_random_uuid(), settled.order_id, c.amount, left(c.reason, 200), 'REFUNDED', 'toss', c.key, ${now}::timestamptz, c.at
        FROM settled, jsonb_to_recordset(${JSON.stringify(cancels)}::jsonb) AS c (key text, amount int, reason text, at timestamptz)
        ON CONFLICT (transaction_key) DO NOTHING
      )`;
  }

  private async waiting(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const payment: Payment = { ...asked.payment, ...whatTossTold(toss), status: 'WAITING_FOR_DEPOSIT', nextLookAt: null };
    const written = await this.prisma.$queryRaw<object[]>(sql`
      WITH settled AS (
        UPDATE payment
        SET status = 'WAITING_FOR_DEPOSIT', payment_key = ${asked.paymentKey}, ${toldColumns(payment)}, failure_code = NULL, failure_message = NULL, next_look_at = NULL
        WHERE order_id = ${payment.orderId} AND status IN ('PENDING', 'FAILED')
        RETURNING order_id
      ), answered AS (${this.answered(asked, 'APPROVED', null, now)}),
      ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)
      SELECT order_id FROM settled`);
    return written.length === 0 ? this.overtaken(asked) : { kind: 'waiting', payment };
  }

  private async declined(asked: Asked, { error, errorClass }: Extract<Outcome, { kind: 'declined' }>): Promise<Settled> {
    const now = this.clock.now();
    // What lies with the buyer or the card will not change for this payment key; our key or a bank's night may.
    const outcome = errorClass === 'declined' || errorClass === 'buyer' ? 'DECLINED' : 'REFUSED';
    const job = JobsService.enqueue('describe-failure', { orderId: asked.payment.orderId, number: asked.number }, 0, sql`settled`);
    const written = await this.prisma.$queryRaw<object[]>(sql`
      WITH settled AS (
        UPDATE payment SET status = 'FAILED', failure_code = ${cut(error.code, 100)}, failure_message = ${cut(error.message, 600)}, next_look_at = NULL
        WHERE order_id = ${asked.payment.orderId} AND status = 'PENDING' AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${this.answered(asked, outcome, error, now)}), job AS (${job})
      SELECT (SELECT count(*) FROM job) FROM settled`);
    return written.length === 0 ? { kind: 'overtaken' } : { kind: 'declined', code: error.code, message: error.message };
  }

  /** Toss took money for something that was not ordered: it goes back, and nothing is granted. */
  private async mismatched(asked: Asked): Promise<Settled> {
    const now = this.clock.now();
    const error = { code: 'PAYMENT_MISMATCH', message: '승인된 결제가 주문과 다릅니다.' };
    await this.prisma.$queryRaw(sql`
      WITH settled AS (
        UPDATE payment SET status = 'FAILED', failure_code = ${error.code}, failure_message = ${error.message}, next_look_at = NULL
        WHERE order_id = ${asked.payment.orderId} AND status = 'PENDING' AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${this.answered(asked, 'MISMATCHED', error, now)}),
      ${this.netCancels.order(asked, 'PAYMENT_MISMATCH', now)}
      SELECT (SELECT count(*) FROM net_cancel_job)`);
    await this.netCancels.tryNow(asked.paymentKey);
    return { kind: 'mismatched' };
  }

  private async unknown(asked: Asked, outcome: Extract<Outcome, { kind: 'unknown' }>): Promise<Settled> {
    const now = this.clock.now();
    const look = nextLookAt(asked.askedAt, now, outcome.tossAnswered);
    const delayMs = look ? look.getTime() - now.getTime() : 0;
    const job = JobsService.enqueue('recover-payments', {}, delayMs, look ? sql`settled` : sql`settled WHERE false`);
    const written = await this.prisma.$queryRaw<object[]>(sql`
      WITH settled AS (
        UPDATE payment SET next_look_at = ${look}::timestamptz, looked_at = ${now}::timestamptz
        WHERE order_id = ${asked.payment.orderId} AND status = 'PENDING' AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${this.answered(asked, 'UNKNOWN', { code: outcome.code, message: '' }, now)}), job AS (${job})
      SELECT (SELECT count(*) FROM job) FROM settled`);
    return { kind: written.length === 0 ? 'overtaken' : 'pending' };
  }

  /** Another payment key paid this order before: what this one took goes back. */
  private async overtaken(asked: Asked): Promise<Settled> {
    const now = this.clock.now();
    const winner = await this.prisma.payment.findUnique({ where: { orderId: asked.payment.orderId }, select: { paymentKey: true } });
    if (winner?.paymentKey === asked.paymentKey) return { kind: 'overtaken' };
    const error = { code: 'PAYMENT_SURPLUS', message: '다른 결제로 이미 지불된 주문입니다.' };
    await this.prisma.$queryRaw(sql`
      WITH settled AS (SELECT ${asked.payment.orderId}::text AS order_id),
      answered AS (${this.answered(asked, 'MISMATCHED', error, now)}),
      ${this.netCancels.order(asked, 'PAYMENT_SURPLUS', now)}
      SELECT (SELECT count(*) FROM net_cancel_job)`);
    this.log.error({ message: 'an order was paid twice; the second payment goes back', orderId: asked.payment.orderId, paymentKey: asked.paymentKey });
    await this.netCancels.tryNow(asked.paymentKey);
    return { kind: 'overtaken' };
  }

  /** What Toss said to this asking. An answer that is known is never made unknown again. */
  private answered(asked: Asked, outcome: 'APPROVED' | 'DECLINED' | 'REFUSED' | 'MISMATCHED' | 'UNKNOWN', error: { code: string; message: string } | null, now: Date): Sql {
    return sql`
      UPDATE payment_attempt
      SET outcome = ${outcome}::"AttemptOutcome", code = ${error && cut(error.code, 100)}, message = ${error && cut(error.message, 600)}, answered_at = ${now}::timestamptz
      FROM settled
      WHERE payment_attempt.order_id = settled.order_id AND number = ${asked.number} AND (outcome IS NULL OR outcome = 'UNKNOWN' OR ${outcome} = 'APPROVED')`;
  }
}

/** Toss approved something else than was ordered. Compared with what we wrote down, never with what the browser said. */
function differs({ payment }: Asked, toss: TossPayment): boolean {
  return toss.totalAmount !== payment.amount || toss.orderId !== payment.orderId || (toss.currency !== null && toss.currency !== payment.currency);
}
