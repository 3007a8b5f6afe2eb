import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { type Payment, Prisma, PrismaService, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { Outbox } from '../outbox/index.ts';
import type { Outcome, TossPayment } from '../providers/toss/index.ts';
import { Claims } from './claims.ts';
import { Dunning } from './dunning.ts';
import { dueAt, maxRequestMs, mayStillBeAsking, nextDepositLookAt, nextPollAt } from './look-schedule.ts';
import { PaidOrders } from './paid-orders.ts';
import { paymentMessage } from './payment.message.ts';
import { type Asked, cut, toldColumns, whatTossTold } from './payment.row.ts';
import { isPaid } from './payment.status.ts';
import { answered, type Approved, displaced, noLongerCharging, type Settled } from './settled.ts';

const HOUR_MS = 3_600_000;

/** 3. Settle: the one door for all news about an order. Whoever comes first writes; whoever comes again changes nothing. */
@Injectable()
export class SettleService {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: Claims,
    private readonly paidOrders: PaidOrders,
    private readonly dunning: Dunning,
    private readonly outbox: Outbox,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @param looking the outcome was found by a look, not by whoever asked; they may still be waiting for their answer */
  async settle(given: Asked, outcome: Outcome, looking = false): Promise<Settled> {
    const asked = await this.meant(given, outcome);
    const settled = await this.write(asked, outcome, looking);
    const about = { orderId: asked.payment.orderId, attempt: asked.number, paymentKey: asked.paymentKey };
    const code =
      outcome.kind === 'approved'
        ? outcome.payment.status
        : outcome.kind === 'declined'
          ? outcome.error.code
          : outcome.code;
    this.log.log({ message: 'settled', ...about, settled: settled.kind, toss: code });
    return settled;
  }

  /** Toss may have approved another attempt of the order than the one that was looked into: then that is what is settled. */
  private async meant(asked: Asked, outcome: Outcome): Promise<Asked> {
    if (outcome.kind !== 'approved' || outcome.payment.paymentKey === asked.paymentKey) return asked;
    // A charge learns its payment key from the answer.
    if (asked.cardId !== null) return { ...asked, paymentKey: outcome.payment.paymentKey };
    return (await this.claims.attempt(asked.payment.orderId, outcome.payment.paymentKey)) ?? asked;
  }

  private async write(asked: Asked, outcome: Outcome, looking: boolean): Promise<Settled> {
    switch (outcome.kind) {
      case 'unknown':
        return this.unknown(asked, outcome, looking);
      case 'declined':
        return this.declined(asked, outcome);
      case 'approved':
        if (asked.payment.refundIfTaken && !isPaid(asked.payment.status)) return this.paidOrders.giveBackStopped(asked);
        if (differs(asked, outcome.payment)) return this.paidOrders.giveBack(asked, 'PAYMENT_MISMATCH');
        if (outcome.payment.status === 'WAITING_FOR_DEPOSIT')
          return asked.payment.status === 'WAITING_FOR_DEPOSIT'
            ? this.stillWaiting(asked, outcome)
            : this.waiting(asked, outcome);
        // An account that was closed before anybody paid into it: no money came, none goes back.
        if (outcome.payment.status === 'CANCELED' && outcome.payment.approvedAt === null)
          return this.declined(asked, {
            kind: 'declined',
            error: { code: 'CANCELED', message: '입금 전에 취소되었습니다.' },
            errorClass: 'buyer',
          });
        return this.paidOrders.settle(asked, outcome);
    }
  }

  private async waiting(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const look = nextDepositLookAt(asked.requestedAt, now, dueAt(toss));
    const payment: Payment = {
      ...asked.payment,
      ...whatTossTold(toss),
      status: 'WAITING_FOR_DEPOSIT',
      nextPollAt: look,
    };
    const written = await this.prisma.statement(sql`
      WITH settled AS (
        UPDATE payment
        SET status = 'WAITING_FOR_DEPOSIT', payment_key = ${asked.paymentKey}, ${toldColumns(payment)}, failure_code = NULL, failure_message = NULL, next_poll_at = ${look}::timestamptz
        WHERE order_id = ${payment.orderId} AND status IN ('PENDING', 'FAILED')
        RETURNING order_id
      ), answered AS (${answered(asked, 'APPROVED', null, now)}),
      ${Prisma.join([...displaced(asked, now), sql`ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)`])}
      SELECT order_id FROM settled`);
    return written.length === 0 ? this.paidOrders.overtaken(asked) : { kind: 'waiting', payment };
  }

  /** Nobody has paid into the account: it is looked at again, less and less often, until it has run out. */
  private async stillWaiting(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const due = dueAt(toss);
    const isOver = toss.virtualAccount?.expired === true || (due !== null && due < now);
    if (isOver) return this.expired(asked, now);
    const nextPollAt = nextDepositLookAt(asked.requestedAt, now, due);
    const { count } = await this.prisma.payment.updateMany({
      where: { orderId: asked.payment.orderId, status: 'WAITING_FOR_DEPOSIT' },
      data: { nextPollAt },
    });
    return count === 0 ? { kind: 'overtaken' } : { kind: 'waiting', payment: asked.payment };
  }

  private async expired({ payment }: Asked, now: Date): Promise<Settled> {
    const news = paymentMessage('payment.failed', { ...payment, status: 'EXPIRED' });
    const written = await this.prisma.$executeRaw(sql`
      WITH settled AS (
        UPDATE payment SET status = 'EXPIRED', next_poll_at = NULL WHERE order_id = ${payment.orderId} AND status = 'WAITING_FOR_DEPOSIT' RETURNING order_id
      ) ${this.outbox.message(news, sql`settled`, now)}`);
    return { kind: written === 0 ? 'overtaken' : 'expired' };
  }

  private async declined(
    asked: Asked,
    { error, errorClass }: Extract<Outcome, { kind: 'declined' }>,
  ): Promise<Settled> {
    const now = this.clock.now();
    // What lies with the buyer or the card will not change for this payment key; our key or a bank's night may.
    const outcome = errorClass === 'declined' || errorClass === 'buyer' ? 'DECLINED' : 'REFUSED';
    // Of a card on file it is known what was paid with.
    const job = JobsService.enqueue(
      'describe-failure',
      { orderId: asked.payment.orderId, number: asked.number },
      0,
      asked.cardId === null ? sql`settled` : sql`settled WHERE false`,
    );
    const renewal =
      asked.payment.subscriptionId === null
        ? []
        : [this.dunning.declined({ ...renewalOf(asked), error, errorClass }, now)];
    const news = paymentMessage('payment.failed', {
      ...asked.payment,
      status: 'FAILED',
      failureCode: cut(error.code, 100),
      failureMessage: cut(error.message, 600),
    });
    const written = await this.prisma.statement(sql`
      WITH settled AS (
        UPDATE payment SET status = 'FAILED', failure_code = ${cut(error.code, 100)}, failure_message = ${cut(error.message, 600)}, next_poll_at = NULL
        WHERE order_id = ${asked.payment.orderId} AND status IN ('PENDING', 'WAITING_FOR_DEPOSIT') AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${answered(asked, outcome, error, now)}), ${noLongerCharging(asked)},
      told AS (${this.outbox.message(news, sql`settled`, now)}), ${Prisma.join([...renewal, sql`job AS (${job})`])}
      SELECT (SELECT count(*) FROM job) FROM settled`);
    if (written.length === 0) return { kind: 'overtaken' };
    if (asked.cardId !== null && errorClass === 'configuration')
      this.log.error({
        message: 'Toss refuses our charges: our keys, our contract or our request is at fault',
        orderId: asked.payment.orderId,
        toss: error.code,
      });
    return { kind: 'declined', code: error.code, message: error.message };
  }

  private async unknown(
    asked: Asked,
    outcome: Extract<Outcome, { kind: 'unknown' }>,
    looking: boolean,
  ): Promise<Settled> {
    const now = this.clock.now();
    const isUnderWay = mayStillBeAsking(asked, now, this.settings);
    const overAt = new Date(asked.requestedAt.getTime() + maxRequestMs(asked.cardId, this.settings));
    // What the buyer stopped is polled until it is known, however long that takes: they wait for their card, or their money.
    const afterStop = asked.payment.stoppedAt === null ? null : new Date(now.getTime() + HOUR_MS);
    const look = nextPollAt(asked.requestedAt, now, outcome.tossAnswered, isUnderWay ? overAt : undefined) ?? afterStop;
    // Those who follow wait while a request is under way; a look must not tell them that none is.
    const told = looking && isUnderWay ? sql`(SELECT * FROM settled WHERE false) AS settled` : sql`settled`;
    const delayMs = look ? look.getTime() - now.getTime() : 0;
    const job = JobsService.enqueue(
      'recover-payments',
      {},
      delayMs,
      look ? sql`settled` : sql`settled WHERE false`,
      'recover-payments',
    );
    const written = await this.prisma.statement(sql`
      WITH settled AS (
        UPDATE payment SET next_poll_at = ${look}::timestamptz, polled_at = ${now}::timestamptz
        WHERE order_id = ${asked.payment.orderId} AND status IN ('PENDING', 'WAITING_FOR_DEPOSIT') AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${answered(asked, 'UNKNOWN', { code: outcome.code, message: '' }, now, told)}), job AS (${job})
      SELECT (SELECT count(*) FROM job) FROM settled`);
    return { kind: written.length === 0 ? 'overtaken' : 'pending' };
  }
}

function renewalOf(asked: Asked) {
  const { payment, cardId, live } = asked;
  const { orderId, userId, planId, amount } = payment;
  return {
    orderId,
    userId,
    planId,
    amount,
    attempt: asked.number,
    cardId: cardId!,
    dueAt: payment.dueAt!,
    pastDueSince: live?.pastDueSince ?? null,
  };
}

/** Toss approved something else than was ordered. Compared with what we wrote down, never with what the browser said. */
function differs({ payment }: Asked, toss: TossPayment): boolean {
  return (
    toss.totalAmount !== payment.amount ||
    toss.orderId !== payment.orderId ||
    (toss.currency !== null && toss.currency !== payment.currency)
  );
}
