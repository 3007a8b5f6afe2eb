import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import {
  constraintOf,
  type Payment,
  Prisma,
  PrismaService,
  type PaymentStatus,
  type Sql,
  sql,
} from '../platform/database/index.ts';
import { EventsService } from '../events/index.ts';
import { Outbox } from '../outbox/index.ts';
import {
  Balance,
  balanceEntry,
  type Bought,
  chargeTerms,
  type Held,
  isContention,
  type OrderedChange,
  SubscriptionGrants,
} from '../subscriptions/index.ts';
import type { TossPayment } from '../providers/toss/index.ts';
import { NetCancels } from './net-cancels.ts';
import { paymentMessage } from './payment.message.ts';
import { type Asked, toldColumns, whatTossTold } from './payment.row.ts';
import { before, isPaid } from './payment.status.ts';
import { answered, type Approved, displaced, GIVEN_BACK, noLongerCharging, type Settled } from './settled.ts';

/** So often may a buyer's subscription change under a settle before the poller is left to it. */
const MAX_READS = 60;

/** What Toss took for an order: it brings what was ordered, or it goes back. */
@Injectable()
export class PaidOrders {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly grants: SubscriptionGrants,
    private readonly balance: Balance,
    private readonly events: EventsService,
    private readonly netCancels: NetCancels,
    private readonly outbox: Outbox,
  ) {}

  /** Everything that a paid order brings, in one statement: all or nothing. */
  async settle(asked: Asked, { payment: toss }: Approved): Promise<Settled> {
    const now = this.clock.now();
    const refundedAmount =
      toss.totalAmount - (toss.balanceAmount ?? (toss.status === 'CANCELED' ? 0 : toss.totalAmount));
    const status: PaymentStatus =
      refundedAmount === 0 ? 'SUCCESS' : refundedAmount < toss.totalAmount ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
    const payment = {
      ...asked.payment,
      ...whatTossTold(toss),
      paymentKey: asked.paymentKey,
      approvedAt: toss.approvedAt ?? now,
      refundedAmount,
      status,
      failureCode: null,
      failureMessage: null,
      nextPollAt: null,
    };
    const news = paymentMessage(status === 'REFUNDED' ? 'payment.refunded' : 'payment.succeeded', payment);
    let held = await this.heldFor(asked, now);
    for (let reads = 1; ; reads++) {
      const outdated = isOutdated(asked, held, now) || (await this.isBalanceGone(asked, now));
      if (outdated && !toss.virtualAccount) return this.giveBack(asked, 'ORDER_OUTDATED');
      // What was deposited cannot go back without an account of the buyer's: it is theirs to use, or an operator refunds it.
      const kept =
        outdated && status !== 'REFUNDED'
          ? sql`kept AS (${balanceEntry(payment.userId, payment.amount - refundedAmount, 'kept', now)})`
          : undefined;
      const grant =
        !outdated && status !== 'REFUNDED' && payment.durationMonths !== null
          ? this.grants.grant(payment.userId, bought(asked.payment, refundedAmount), held, now)
          : undefined;
      const used =
        grant && payment.balanceUsed !== 0
          ? sql`balance_used AS (${balanceEntry(payment.userId, -payment.balanceUsed, 'used', now)})`
          : undefined;
      // Taken and given back before we heard of it: nothing renews, and nobody is charged again until they say so.
      const ended =
        !grant && payment.subscriptionId !== null
          ? sql`renewal AS (UPDATE subscription SET renewal_order_id = NULL, version = version + 1 FROM settled WHERE renewal_order_id = settled.order_id)`
          : undefined;
      const gift =
        payment.durationMonths === null && refundedAmount < payment.amount
          ? this.events.add(
              { planId: payment.planId, amount: payment.amount - refundedAmount, round: payment.reversalCount },
              now,
            )
          : undefined;
      try {
        const written = await this.prisma.statement(sql`
          WITH settled AS (
            UPDATE payment
            SET status = ${status}::"PaymentStatus", payment_key = ${asked.paymentKey}, refunded_amount = ${refundedAmount}, ${toldColumns(payment)},
                approved_at = ${payment.approvedAt}::timestamptz, failure_code = NULL, failure_message = NULL, next_poll_at = NULL
            WHERE order_id = ${payment.orderId} AND status = ANY(${before('SUCCESS')}::"PaymentStatus"[]) AND NOT refund_if_taken
            RETURNING order_id
          ), answered AS (${answered(asked, 'APPROVED', null, now)}), ${noLongerCharging(asked)},
          paid_told AS (${this.outbox.message(news, sql`settled`, now)}),
          ${Prisma.join([...(grant ? [grant.writes] : []), ...(kept ? [kept] : []), ...(used ? [used] : []), ...(ended ? [ended] : []), ...(gift ? [gift] : []), ...displaced(asked, now), this.refundedByToss(toss, now)])},
          ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)
          SELECT order_id FROM settled`);
        if (written.length === 0) return await this.notWritten(asked);
        if (kept)
          this.log.warn({
            message: 'a deposit for a change that is no longer to be had: kept in the balance',
            orderId: payment.orderId,
            amount: payment.amount,
          });
        return { kind: 'paid', payment, subscription: grant?.subscription ?? null };
      } catch (error) {
        if (!isContention(error) && constraintOf(error) !== 'payment_once_per_period') throw error;
        // The money is taken, and nothing is lost: the poller records it.
        if (reads === MAX_READS) {
          this.log.error({
            message: 'a paid order could not be recorded: its subscription kept changing',
            orderId: payment.orderId,
            error: (error as Error).message,
          });
          return { kind: 'pending' };
        }
        await sleep(Math.random() * 5 * reads);
        held = await this.grants.heldBy(payment.userId, now);
      }
    }
  }

  /** Toss took money for something that was not ordered, or is no longer to be had: it goes back, and nothing is granted. */
  async giveBack(asked: Asked, code: keyof typeof GIVEN_BACK): Promise<Settled> {
    // The subscription may have changed because this very payment was settled, a moment ago and by somebody else.
    if (await this.hasPaid(asked)) return { kind: 'overtaken' };
    const now = this.clock.now();
    const error = { code, message: GIVEN_BACK[code] };
    const news = paymentMessage('payment.failed', {
      ...asked.payment,
      status: 'FAILED',
      failureCode: code,
      failureMessage: error.message,
    });
    await this.prisma.statement(sql`
      WITH settled AS (
        UPDATE payment SET status = 'FAILED', failure_code = ${error.code}, failure_message = ${error.message}, next_poll_at = NULL
        WHERE order_id = ${asked.payment.orderId} AND status IN ('PENDING', 'WAITING_FOR_DEPOSIT') AND attempt_count = ${asked.number}
        RETURNING order_id
      ), answered AS (${answered(asked, 'MISMATCHED', error, now, sql`(SELECT ${asked.payment.orderId}::text AS order_id) AS settled`)}),
      renewal AS (${code === 'PAYMENT_MISMATCH' ? heldRenewal(asked, now) : detachedRenewal(asked)}), ${noLongerCharging(asked)},
      failed_told AS (${this.outbox.message(news, sql`settled`, now)}),
      ${this.netCancels.order(asked, code, now)}
      SELECT (SELECT count(*) FROM payment_void_job)`);
    await this.netCancels.tryNow(asked.paymentKey!);
    return { kind: 'given_back', code };
  }

  /** A first charge that the buyer stopped; or a renewal of what was refunded while the charge was under way. */
  giveBackStopped(asked: Asked): Promise<Settled> {
    return this.giveBack(asked, asked.payment.subscriptionId === null ? 'PAYMENT_STOPPED' : 'ORDER_OUTDATED');
  }

  /** The buyer stopped it a moment ago, or it was recorded before. */
  private async notWritten(asked: Asked): Promise<Settled> {
    const { orderId } = asked.payment;
    const current = await this.prisma.payment.findUniqueOrThrow({
      where: { orderId },
      select: { status: true, refundIfTaken: true },
    });
    return current.refundIfTaken && !isPaid(current.status) ? this.giveBackStopped(asked) : this.overtaken(asked);
  }

  /** A refund may have taken the balance that the order uses; and of one that had failed it was released, and perhaps used by another order. */
  private async isBalanceGone({ payment }: Asked, now: Date): Promise<boolean> {
    // A charge that is under way was for no more than was agreed: what the balance lacks is owed.
    if (payment.paymentMethodId !== null && payment.status === 'PENDING') return false;
    return !(await this.balance.covers(payment, now));
  }

  /** Another payment key paid this order before: what this one took goes back. */
  async overtaken(asked: Asked): Promise<Settled> {
    const now = this.clock.now();
    const winner = await this.prisma.payment.findUnique({
      where: { orderId: asked.payment.orderId },
      select: { paymentKey: true },
    });
    if (winner?.paymentKey === asked.paymentKey) return { kind: 'overtaken' };
    const error = { code: 'PAYMENT_SURPLUS', message: '다른 결제로 이미 지불된 주문입니다.' };
    await this.prisma.statement(sql`
      WITH settled AS (SELECT ${asked.payment.orderId}::text AS order_id),
      answered AS (${answered(asked, 'MISMATCHED', error, now)}),
      ${this.netCancels.order(asked, 'PAYMENT_SURPLUS', now)}
      SELECT (SELECT count(*) FROM payment_void_job)`);
    this.log.error({
      message: 'an order was paid twice; the second payment goes back',
      orderId: asked.payment.orderId,
      paymentKey: asked.paymentKey,
    });
    await this.netCancels.tryNow(asked.paymentKey!);
    return { kind: 'overtaken' };
  }

  private async hasPaid({ payment, paymentKey }: Asked): Promise<boolean> {
    const current = await this.prisma.payment.findUnique({
      where: { orderId: payment.orderId },
      select: { status: true, paymentKey: true },
    });
    return current !== null && isPaid(current.status) && current.paymentKey === paymentKey;
  }

  /** As it was read with the claim, which is enough to begin or to follow; a change of plan needs the periods too. */
  private async heldFor({ payment, live }: Asked, now: Date): Promise<Held | null> {
    if (live && live.planId !== payment.planId) return this.grants.heldBy(payment.userId, now);
    return live && { subscription: live, periods: [] };
  }

  /** Cancels that Toss shows on a payment we are only now learning of were not ours: they enter the books as Toss's. */
  private refundedByToss(toss: TossPayment, now: Date): Sql {
    const done = toss.cancels.filter(({ cancelStatus }) => cancelStatus === null || cancelStatus === 'DONE');
    if (done.length === 0) return sql`no_refunds AS (SELECT)`;
    const cancels = done.map((cancel) => ({
      key: cancel.transactionKey,
      amount: cancel.cancelAmount,
      reason: cancel.cancelReason ?? '',
      at: cancel.canceledAt ?? now,
    }));
    return sql`
      refunded AS (
        INSERT INTO refund (id, order_id, amount, reason, status, requested_by, transaction_key, created_at, completed_at)
        SELECT gen_random_uuid(), settled.order_id, c.amount, left(c.reason, 200), 'REFUNDED', 'toss', c.key, ${now}::timestamptz, c.at
        FROM settled, jsonb_to_recordset(${JSON.stringify(cancels)}::jsonb) AS c (key text, amount int, reason text, at timestamptz)
        ON CONFLICT (transaction_key) DO NOTHING
      )`;
  }
}

/** What an order is, whoever pays it. */
export type Order = Pick<
  Payment,
  | 'orderId'
  | 'planId'
  | 'amount'
  | 'balanceUsed'
  | 'durationMonths'
  | 'change'
  | 'paymentMethodId'
  | 'subscriptionId'
  | 'dueAt'
  | 'status'
>;

/** What the order buys. Only what was quoted as a change takes another plan's place; anything else follows what is held. */
export function bought(payment: Order, refundedAmount: number): Bought {
  const price = payment.amount + payment.balanceUsed;
  const change = payment.change as OrderedChange | null;
  const { planId, paymentMethodId } = payment;
  return {
    planId,
    months: payment.durationMonths!,
    value: price - refundedAmount,
    price: change?.price ?? price,
    takesOver: change !== null,
    isOrdered: true,
    paymentMethodId,
    renews: payment.subscriptionId !== null,
  };
}

/**
 * A renewal is for the period that was due, of the subscription that waits for its outcome: if the buyer stopped it and paid for
 * that period by hand, it is not charged again. One that had failed, and is approved after all, still counts while nothing else
 * renews the period that it was for, and the buyer has agreed to nothing else since.
 */
function renews(
  { orderId, subscriptionId, dueAt, status, planId, amount, balanceUsed }: Order,
  held: Held | null,
): boolean {
  if (held?.subscription.id !== subscriptionId || held.subscription.endDate.getTime() !== dueAt?.getTime())
    return false;
  const { renewalOrderId } = held.subscription;
  if (renewalOrderId !== null) return renewalOrderId === orderId;
  const terms = chargeTerms(held.subscription);
  return status === 'FAILED' && terms.planId === planId && terms.price >= amount + balanceUsed;
}

/** Toss took something else than was asked for: before the card is charged again, an operator has a look. */
function heldRenewal({ payment }: Asked, now: Date): Sql {
  return sql`
    UPDATE subscription SET renewal_order_id = NULL, version = version + 1,
      next_charge_at = CASE WHEN is_active AND payment_method_id IS NOT NULL AND NOT cancel_at_period_end THEN ${now}::timestamptz END,
      renewal_held_at = ${now}::timestamptz, renewal_held_reason = 'MISMATCH'
    WHERE id = ${payment.subscriptionId}::uuid AND renewal_order_id = ${payment.orderId}`;
}

/** The charge was for what the subscription no longer is. */
function detachedRenewal({ payment }: Asked): Sql {
  return sql`UPDATE subscription SET renewal_order_id = NULL, version = version + 1 WHERE id = ${payment.subscriptionId}::uuid AND renewal_order_id = ${payment.orderId}`;
}

/**
 * A change is for the subscription as it was quoted for, and no other. Once the period is over, its difference buys nothing: it
 * was never the price of a period.
 */
export function isOutdated({ payment }: { payment: Order }, held: Held | null, now: Date): boolean {
  if (payment.subscriptionId !== null) return !renews(payment, held);
  // A first charge begins a subscription, for a buyer who has none: one that turns out paid later buys no second period.
  if (payment.paymentMethodId !== null) return held !== null;
  const change = payment.change as OrderedChange | null;
  if (change === null) return false;
  const { id, version, endDate } = held?.subscription ?? {};
  return id !== change.subscriptionId || version !== change.version || endDate === undefined || endDate <= now;
}
