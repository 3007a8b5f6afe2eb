import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../platform/time/clock.ts';
import { type Payment, PrismaService, type Refund, type Tx } from '../platform/database/index.ts';
import { EventsService } from '../events/index.ts';
import { Outbox } from '../outbox/index.ts';
import { before, paymentEvent as paymentMessage } from '../payments/index.ts';
import { SubscriptionTakeBacks } from '../subscriptions/index.ts';
import type { TossPayment } from '../providers/toss/index.ts';
import { lockPayment } from './refund-claims.ts';

type Cancel = TossPayment['cancels'][number];
/** A cancel that Toss shows and our books do not, and the refund of ours that it answers. null: nobody here asked for it */
type News = { cancel: Cancel; refund: Refund | null };
type PaymentWithRefunds = Payment & { refunds: Refund[] };

/** Toss's clock and ours may be so far apart. */
const CLOCKS_APART_MS = 120_000;

/** Under whose name a cancel enters the books that was made in Toss's dashboard. */
export const REQUESTED_AT_TOSS = 'toss';

/**
 * 3. Settle: the one door for cancels, whoever made them and whoever brings the news. Every cancel that Toss shows is booked
 * once, by its transaction key, with everything that goes with it, in one transaction; coming again, it changes nothing.
 */
@Injectable()
export class RefundBooks {
  private readonly log = new Logger('refunds');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly takeBacks: SubscriptionTakeBacks,
    private readonly events: EventsService,
    private readonly outbox: Outbox,
  ) {}

  /** @returns how many cancels were news */
  async settle(toss: TossPayment): Promise<number> {
    return this.prisma.atomically(async (tx) => {
      await lockPayment(tx, toss.orderId);
      const payment = await tx.payment.findUnique({ where: { orderId: toss.orderId }, include: { refunds: true } });
      if (!payment || !isOurs(payment, toss)) return 0;
      const news = newsIn(toss, payment.refunds);
      if (news.length === 0) return 0;
      const now = this.clock.now();
      // An account that somebody else's news has closed already: of its cancel only our own refund is news.
      const booked = payment.status === 'FAILED' ? news.filter(({ refund }) => refund !== null) : news;
      for (const { cancel, refund } of booked) await this.book(tx, payment, cancel, refund, now);
      if (payment.status === 'FAILED') return booked.length;
      if (payment.status === 'WAITING_FOR_DEPOSIT') await this.closeAccount(tx, payment, now);
      else await this.giveBack(tx, payment, news, now);
      return news.length;
    });
  }

  /**
   * The provider declined, and shows that nothing went back: nothing will.
   *
   * @param record what else belongs into the same transaction; not run where the refund has ended otherwise
   */
  async fail(
    { id, orderId }: Refund,
    error: { code: string; message: string },
    record?: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const failure = { failureCode: error.code.slice(0, 100), failureMessage: error.message.slice(0, 600) };
    const failed = { status: 'FAILED' as const, ...failure, nextTryAt: null, sealedAccount: null };
    const count = await this.prisma.atomically(async (tx) => {
      const written = await tx.refund.updateMany({ where: { id, status: 'PENDING' }, data: failed });
      if (written.count > 0) await record?.(tx);
      return written.count;
    });
    if (count > 0) this.log.warn({ message: 'refund failed', orderId, refundId: id, toss: error.code });
  }

  private async book(tx: Tx, payment: Payment, cancel: Cancel, refund: Refund | null, now: Date): Promise<void> {
    // Toss tells whole seconds; nothing is done before it was asked for.
    const completedAt = new Date(Math.max((cancel.canceledAt ?? now).getTime(), refund?.requestedAt?.getTime() ?? 0));
    const done = { status: 'REFUNDED' as const, transactionKey: cancel.transactionKey, completedAt };
    if (refund)
      await tx.refund.update({ where: { id: refund.id }, data: { ...done, nextTryAt: null, sealedAccount: null } });
    else {
      const reason = (cancel.cancelReason ?? '').slice(0, 200);
      await tx.refund.create({
        data: {
          id: uuid(),
          orderId: payment.orderId,
          amount: cancel.cancelAmount,
          reason,
          requestedBy: REQUESTED_AT_TOSS,
          createdAt: now,
          ...done,
        },
      });
    }
    this.log.log({
      message: 'refunded',
      orderId: payment.orderId,
      refundId: refund?.id,
      amount: cancel.cancelAmount,
      by: refund?.requestedBy ?? REQUESTED_AT_TOSS,
    });
  }

  /** What goes with the money: the payment's status, the subscription's time, the event's amount. */
  private async giveBack(tx: Tx, payment: PaymentWithRefunds, news: News[], now: Date): Promise<void> {
    const { orderId, userId, planId, amount } = payment;
    const given = news.reduce((total, { cancel }) => total + cancel.cancelAmount, 0);
    const refundedAmount = payment.refundedAmount + given;
    const whole = refundedAmount >= amount;
    const status = whole ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    const { count } = await tx.payment.updateMany({
      where: { orderId, status: { in: before(whole ? 'refunded' : 'refunded_in_part') } },
      data: { status, refundedAmount },
    });
    if (count === 0) throw new Error(`a payment that is ${payment.status} cannot become ${status}: ${orderId}`);
    const end = news.some(({ refund }) => refund?.endSubscription === true);
    const subscription = await this.takeBacks.takeBack(
      tx,
      { orderId, userId, amount: given, whole, end, because: 'refund' },
      now,
    );
    if (payment.durationMonths === null)
      await this.events.takeBack(tx, { planId, orderId, amount: given, round: payment.reversalCount }, now);
    const told = paymentMessage('payment.refunded', { ...payment, status, refundedAmount });
    await this.outbox.write(
      tx,
      { ...told, ...(subscription && { subscriptionId: subscription.id }), data: { ...told.data, refunded: given } },
      now,
    );
  }

  /** Nobody paid, and now nobody can: no money moves, and nothing was granted. */
  private async closeAccount(tx: Tx, payment: Payment, now: Date): Promise<void> {
    const closed = {
      status: 'FAILED' as const,
      failureCode: 'CANCELED',
      failureMessage: '입금 전에 취소되었습니다.',
      nextPollAt: null,
    };
    const allowed = before('declined').filter((status) => status === payment.status);
    const { count } = await tx.payment.updateMany({
      where: { orderId: payment.orderId, status: { in: allowed } },
      data: closed,
    });
    if (count === 0) throw new Error(`a payment that is ${payment.status} cannot become FAILED: ${payment.orderId}`);
    await this.outbox.write(tx, paymentMessage('payment.failed', { ...payment, ...closed }), now);
  }
}

/** A payment whose money is in our books, and of Toss's the very same. What a net cancel gives back never was. */
function isOurs(payment: Payment, toss: TossPayment): boolean {
  if (payment.paymentKey !== toss.paymentKey || payment.amount !== toss.totalAmount) return false;
  // A deposit that we have not heard of is settled first.
  if (payment.status === 'WAITING_FOR_DEPOSIT' || (payment.status === 'FAILED' && payment.failureCode === 'CANCELED'))
    return toss.approvedAt === null && toss.status === 'CANCELED';
  return payment.status === 'SUCCESS' || payment.status === 'PARTIALLY_REFUNDED';
}

/**
 * Pure. Which of Toss's cancels are news, and which refund of ours each answers. Toss keeps no id of ours with a cancel, so it is
 * told by its amount, and among several by its reason; only one that was asked for can be answered. When in doubt a cancel counts
 * as ours, unless it was made before we asked: then less went back than two people wanted, which they see, and never more.
 */
export function newsIn({ cancels }: Pick<TossPayment, 'cancels'>, refunds: readonly Refund[]): News[] {
  const known = new Set(refunds.map(({ transactionKey }) => transactionKey));
  const asked = refunds.filter(({ status, requestedAt }) => status === 'PENDING' && requestedAt !== null);
  return cancels
    .filter(
      ({ transactionKey, cancelStatus }) =>
        !known.has(transactionKey) && (cancelStatus === null || cancelStatus === 'DONE'),
    )
    .map((cancel) => {
      const fitting = asked.filter(
        ({ amount, requestedAt }) =>
          amount === cancel.cancelAmount &&
          (cancel.canceledAt === null || cancel.canceledAt.getTime() >= requestedAt!.getTime() - CLOCKS_APART_MS),
      );
      const refund = fitting.find(({ reason }) => reason === cancel.cancelReason) ?? fitting[0] ?? null;
      if (refund) asked.splice(asked.indexOf(refund), 1);
      return { cancel, refund };
    });
}
