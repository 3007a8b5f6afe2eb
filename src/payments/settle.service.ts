import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { type Payment, Prisma, PrismaService, type PaymentStatus, type Sql, sql, sqlState, type Subscription } from '../db/index.ts';
import { EventsService } from '../events/index.ts';
import { JobsService } from '../jobs/index.ts';
import { balanceEntry, type Bought, type Held, type OrderedChange, SubscriptionGrants } from '../subscriptions/index.ts';
import type { Outcome, TossPayment } from '../toss/index.ts';
import { Claims } from './claims.ts';
import { mayStillBeAsking, nextDepositLookAt, nextLookAt } from './look-schedule.ts';
import { NetCancels } from './net-cancels.ts';
import { type Asked, cut, toldColumns, whatTossTold } from './payment.row.ts';
import { before } from './payment.status.ts';

/** Why money that Toss took goes back at once. */
const GIVEN_BACK = { PAYMENT_MISMATCH: '승인된 결제가 주문과 다릅니다.', ORDER_OUTDATED: '주문 이후 구독이 바뀌었습니다.' };

/** What became of a payment when an outcome was settled. */
export type Settled =
  | { kind: 'paid'; payment: Payment; subscription: Subscription | null }
  | { kind: 'waiting'; payment: Payment }
  /** The virtual account ran out before anybody paid into it. */
  | { kind: 'expired' }
  | { kind: 'declined'; code: string; message: string }
  /** What Toss took goes back. */
  | { kind: 'given_back'; code: keyof typeof GIVEN_BACK }
  | { kind: 'pending' }
  /** Somebody else settled it before us: read what they wrote. */
  | { kind: 'overtaken' };

type Approved = Extract<Outcome, { kind: 'approved' }>;

/** So often may a buyer's subscription change under a settle before the recoverer is left to it. */
const READS_AT_MOST = 60;

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
    private readonly claims: Claims,
  ) {}

  /** @param looking the outcome was found by a look, not by whoever asked; they may still be waiting for their answer */
  async settle(given: Asked, outcome: Outcome, looking = false): Promise<Settled> {
    const asked = await this.meant(given, outcome);
    const settled = await this.write(asked, outcome, looking);
    const about = { orderId: asked.payment.orderId, attempt: asked.number, paymentKey: asked.paymentKey };
    const code = outcome.kind === 'approved' ? outcome.payment.status : outcome.kind === 'declined' ? outcome.error.code : outcome.code;
    this.log.log({ message: 'settled', ...about, settled: settled.kind, toss: code });
    return settled;
  }

  /** Toss may have approved another attempt of the order than the one that was looked into: then that is what is settled. */
  private async meant(asked: Asked, outcome: Outcome): Promise<Asked> {
    if (outcome.kind !== 'approved' || outcome.payment.paymentKey === asked.paymentKey) return asked;
    return (await this.claims.attempt(asked.payment.orderId, outcome.payment.paymentKey)) ?? asked;
  }

  private async write(asked: Asked, outcome: Outcome, looking: boolean): Promise<Settled> {
    switch (outcome.kind) {
      case 'unknown':
        return this.unknown(asked, outcome, looking);
      case 'declined':
        return this.declined(asked, outcome);
      case 'approved':
        if (differs(asked, outcome.payment)) return this.giveBack(asked, 'PAYMENT_MISMATCH');
        if (outcome.payment.status === 'WAITING_FOR_DEPOSIT') return asked.payment.status === 'WAITING_FOR_DEPOSIT' ? this.stillWaiting(asked, outcome) : this.waiting(asked, outcome);
        // An account that was closed before anybody paid into it: no money came, none goes back.
        if (outcome.payment.status === 'CANCELED' && outcome.payment.approvedAt === null) return this.declined(asked, { kind: 'declined', error: { code: 'CANCELED', message: '입금 전에 취소되었습니다.' }, errorClass: 'buyer' });
        return this.paid(asked, outcome);
    }
  }

  /** Everything that a paid order brings, in one statement: all or nothing. */
  private async paid(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const refundedAmount = toss.totalAmount - (toss.balanceAmount ?? (toss.status === 'CANCELED' ? 0 : toss.totalAmount));
    const status: PaymentStatus = refundedAmount === 0 ? 'SUCCESS' : refundedAmount < toss.totalAmount ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
    const payment = { ...asked.payment, ...whatTossTold(toss), approvedAt: toss.approvedAt ?? now, refundedAmount, status, failureCode: null, failureMessage: null, nextLookAt: null };
    let held = await this.heldFor(asked, now);
    for (let reads = 1; ; reads++) {
      if (isOutdated(asked, held)) return this.giveBack(asked, 'ORDER_OUTDATED');
      const grant = status !== 'REFUNDED' && payment.durationMonths !== null ? this.grants.grant(payment.userId, bought(asked), held, now) : undefined;
      const used = grant && payment.balanceUsed !== 0 ? sql`balance_used AS (${balanceEntry(payment.userId, -payment.balanceUsed, 'used', now)})` : undefined;
      const gift = payment.durationMonths === null && refundedAmount < payment.amount ? this.events.add({ planId: payment.planId, amount: payment.amount - refundedAmount }, now) : undefined;
      try {
        const written = await this.prisma.statement(sql`
          WITH settled AS (
            UPDATE payment
            SET status = ${status}::"PaymentStatus", payment_key = ${asked.paymentKey}, refunded_amount = ${refundedAmount}, ${toldColumns(payment)},
                approved_at = ${payment.approvedAt}::timestamptz, failure_code = NULL, failure_message = NULL, next_look_at = NULL
            WHERE order_id = ${payment.orderId} AND status = ANY(${before('SUCCESS')}::"PaymentStatus"[])
            RETURNING order_id
          ), answered AS (${this.answered(asked, 'APPROVED', null, now)}),
          ${Prisma.join([...(grant ? [grant.writes] : []), ...(used ? [used] : []), ...(gift ? [gift] : []), ...this.displaced(asked, now), this.refundedByToss(toss, now)])},
          ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)
          SELECT order_id FROM settled`);
        if (written.length === 0) return await this.overtaken(asked);
        return { kind: 'paid', payment, subscription: grant?.subscription ?? null };
      } catch (error) {
        const state = sqlState(error);
        // 23505: another live subscription or period was first. 23502: the one we read has ended or grown.
        if (state !== '23505' && state !== '23502') throw error;
        // The recoverer will; the money is taken, and nothing is lost.
        if (reads === READS_AT_MOST) return { kind: 'pending' };
        await sleep(Math.random() * 5 * reads);
        held = await this.grants.heldBy(payment.userId, now);
      }
    }
  }

  /** As it was read with the claim, which is enough to begin or to follow; a change of plan needs the periods too. */
  private async heldFor({ payment, live }: Asked, now: Date): Promise<Held | null> {
    if (live && live.planId !== payment.planId) return this.grants.heldBy(payment.userId, now);
    return live && { subscription: live, periods: [] };
  }

  /** Other payment keys of this order that may have taken money, or may yet: it goes back when it did. */
  private displaced(asked: Asked, now: Date): Sql[] {
    if (asked.payment.attemptCount === 1) return [];
    return [sql`
      displaced AS (
        INSERT INTO net_cancel (id, order_id, payment_key, reason, next_try_at, created_at)
        SELECT DISTINCT ON (other.payment_key) gen_random_uuid(), other.order_id, other.payment_key, 'PAYMENT_SURPLUS', ${now}::timestamptz, ${now}::timestamptz
        FROM settled JOIN payment_attempt other ON other.order_id = settled.order_id
        WHERE other.payment_key <> ${asked.paymentKey} AND other.idempotency_key IS NOT NULL
          AND (other.outcome IS NULL OR other.outcome IN ('UNKNOWN', 'APPROVED'))
        ON CONFLICT (payment_key) DO NOTHING
      )`];
  }

  /** Cancels that Toss shows on a payment we are only now learning of were not ours: they enter the books as Toss's. */
  private refundedByToss(toss: TossPayment, now: Date): Sql {
    const done = toss.cancels.filter(({ cancelStatus }) => cancelStatus === null || cancelStatus === 'DONE');
    if (done.length === 0) return sql`no_refunds AS (SELECT)`;
    const cancels = done.map((cancel) => ({ key: cancel.transactionKey, amount: cancel.cancelAmount, reason: cancel.cancelReason ?? '', at: cancel.canceledAt ?? now }));
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
    const look = nextDepositLookAt(asked.askedAt, now, dueAt(toss));
    const payment: Payment = { ...asked.payment, ...whatTossTold(toss), status: 'WAITING_FOR_DEPOSIT', nextLookAt: look };
    const written = await this.prisma.$queryRaw<object[]>(sql`
      WITH settled AS (
        UPDATE payment
        SET status = 'WAITING_FOR_DEPOSIT', payment_key = ${asked.paymentKey}, ${toldColumns(payment)}, failure_code = NULL, failure_message = NULL, next_look_at = ${look}::timestamptz
        WHERE order_id = ${payment.orderId} AND status IN ('PENDING', 'FAILED')
        RETURNING order_id
      ), answered AS (${this.answered(asked, 'APPROVED', null, now)}),
      ${Prisma.join([...this.displaced(asked, now), sql`ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)`])}
      SELECT order_id FROM settled`);
    return written.length === 0 ? this.overtaken(asked) : { kind: 'waiting', payment };
  }

  /** Nobody has paid into the account: it is looked at again, less and less often, until it has run out. */
  private async stillWaiting(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const due = dueAt(toss);
    const isOver = toss.virtualAccount?.expired === true || (due !== null && due < now);
    const data = isOver ? { status: 'EXPIRED' as const, nextLookAt: null } : { nextLookAt: nextDepositLookAt(asked.askedAt, now, due) };
    const { count } = await this.prisma.payment.updateMany({ where: { orderId: asked.payment.orderId, status: 'WAITING_FOR_DEPOSIT' }, data });
    if (count === 0) return { kind: 'overtaken' };
    return isOver ? { kind: 'expired' } : { kind: 'waiting', payment: asked.payment };
  }

  private async declined(asked: Asked, { error, errorClass }: Extract<Outcome, { kind: 'declined' }>): Promise<Settled> {
    const now = this.clock.now();
    // What lies with the buyer or the card will not change for this payment key; our key or a bank's night may.
    const outcome = errorClass === 'declined' || errorClass === 'buyer' ? 'DECLINED' : 'REFUSED';
    const job = JobsService.enqueue('describe-failure', { orderId: asked.payment.orderId, number: asked.number }, 0, sql`settled`);
    const written = await this.prisma.$queryRaw<object[]>(sql`
      WITH settled AS (
        UPDATE payment SET status = 'FAILED', failure_code = ${cut(error.code, 100)}, failure_message = ${cut(error.message, 600)}, next_look_at = NULL
        WHERE order_id = ${asked.payment.orderId} AND status IN ('PENDING', 'WAITING_FOR_DEPOSIT') AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${this.answered(asked, outcome, error, now)}), job AS (${job})
      SELECT (SELECT count(*) FROM job) FROM settled`);
    return written.length === 0 ? { kind: 'overtaken' } : { kind: 'declined', code: error.code, message: error.message };
  }

  /** Toss took money for something that was not ordered, or is no longer to be had: it goes back, and nothing is granted. */
  private async giveBack(asked: Asked, code: keyof typeof GIVEN_BACK): Promise<Settled> {
    const now = this.clock.now();
    const error = { code, message: GIVEN_BACK[code] };
    await this.prisma.$queryRaw(sql`
      WITH settled AS (
        UPDATE payment SET status = 'FAILED', failure_code = ${error.code}, failure_message = ${error.message}, next_look_at = NULL
        WHERE order_id = ${asked.payment.orderId} AND status = 'PENDING' AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${this.answered(asked, 'MISMATCHED', error, now, sql`(SELECT ${asked.payment.orderId}::text AS order_id) AS settled`)}),
      ${this.netCancels.order(asked, code, now)}
      SELECT (SELECT count(*) FROM net_cancel_job)`);
    await this.netCancels.tryNow(asked.paymentKey);
    return { kind: 'given_back', code };
  }

  private async unknown(asked: Asked, outcome: Extract<Outcome, { kind: 'unknown' }>, looking: boolean): Promise<Settled> {
    const now = this.clock.now();
    const look = nextLookAt(asked.askedAt, now, outcome.tossAnswered);
    // Those who follow wait while somebody is asking; a look must not tell them that nobody is.
    const told = looking && mayStillBeAsking(asked, now) ? sql`(SELECT * FROM settled WHERE false) AS settled` : sql`settled`;
    const delayMs = look ? look.getTime() - now.getTime() : 0;
    const job = JobsService.enqueue('recover-payments', {}, delayMs, look ? sql`settled` : sql`settled WHERE false`, 'recover-payments');
    const written = await this.prisma.$queryRaw<object[]>(sql`
      WITH settled AS (
        UPDATE payment SET next_look_at = ${look}::timestamptz, looked_at = ${now}::timestamptz
        WHERE order_id = ${asked.payment.orderId} AND status IN ('PENDING', 'WAITING_FOR_DEPOSIT') AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${this.answered(asked, 'UNKNOWN', { code: outcome.code, message: '' }, now, told)}), job AS (${job})
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
  private answered(asked: Asked, outcome: 'APPROVED' | 'DECLINED' | 'REFUSED' | 'MISMATCHED' | 'UNKNOWN', error: { code: string; message: string } | null, now: Date, settled = sql`settled`): Sql {
    return sql`
      UPDATE payment_attempt
      SET outcome = ${outcome}::"AttemptOutcome", code = ${error && cut(error.code, 100)}, message = ${error && cut(error.message, 600)}, answered_at = ${now}::timestamptz
      FROM ${settled}
      WHERE payment_attempt.order_id = settled.order_id AND number = ${asked.number} AND (outcome IS NULL OR outcome = 'UNKNOWN' OR ${outcome} = 'APPROVED')`;
  }
}

/** When a virtual account runs out. */
function dueAt({ virtualAccount }: TossPayment): Date | null {
  const due = new Date(virtualAccount?.dueDate ?? NaN);
  return Number.isNaN(due.getTime()) ? null : due;
}

/** What the order buys. Only what was quoted as a change takes another plan's place; anything else follows what is held. */
function bought({ payment }: Asked): Bought {
  const value = payment.amount + payment.balanceUsed;
  const change = payment.change as OrderedChange | null;
  return { planId: payment.planId, months: payment.durationMonths!, value, price: change?.price ?? value, takesOver: change !== null };
}

/** A change is for the subscription as it was quoted for, and no other. */
function isOutdated({ payment }: Asked, held: Held | null): boolean {
  const change = payment.change as OrderedChange | null;
  return change !== null && (held?.subscription.id !== change.subscriptionId || held.subscription.version !== change.version);
}

/** Toss approved something else than was ordered. Compared with what we wrote down, never with what the browser said. */
function differs({ payment }: Asked, toss: TossPayment): boolean {
  return toss.totalAmount !== payment.amount || toss.orderId !== payment.orderId || (toss.currency !== null && toss.currency !== payment.currency);
}
