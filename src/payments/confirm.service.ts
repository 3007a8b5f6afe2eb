import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';
import { type Plan, PrismaService, type Subscription } from '../platform/database/index.ts';
import { SubscriptionsService } from '../subscriptions/index.ts';
import { koreanReason, refusesOurKey } from '../providers/toss/index.ts';
import { Asking } from './asking.ts';
import { ASKINGS_AT_MOST, Claims, type ConfirmRequest } from './claims.ts';
import { FreeOrders } from './free-orders.ts';
import { OutcomePolls } from './outcome-polls.ts';
import { type Asked, type PaymentWithPlan, withPlan } from './payment.row.ts';
import { isPaid } from './payment.status.ts';
import { Recovery } from './recovery.ts';
import { SettleService } from './settle.service.ts';

/** What a confirm found or brought about. `payment.status` tells whether it is paid, waiting for a deposit or pending. */
export interface Confirmed {
  payment: PaymentWithPlan;
  /** null: an event, or nothing granted (yet) */
  subscription: (Subscription & { plan: Plan }) | null;
}

/** A confirm of an order; without a payment key where there is nothing to pay. */
type Order = Omit<ConfirmRequest, 'paymentKey'> & { paymentKey: string | null };

/** Those who came second wait for the first for as long as Toss may take to answer. */
const WAIT_FOR_THE_FIRST_MS = 32_000;

/** 결제 승인: claim, call, settle. */
@Injectable()
export class ConfirmService {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: Claims,
    private readonly asking: Asking,
    private readonly settling: SettleService,
    private readonly recovery: Recovery,
    private readonly freeOrders: FreeOrders,
    private readonly polls: OutcomePolls,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /**
   * Takes the money for an order, at most once. Of any number who ask at once, one asks Toss; the others get its answer.
   *
   * @throws Problem ORDER_NOT_FOUND, ORDER_EXPIRED, AMOUNT_MISMATCH, ORDER_ALREADY_PAID, PAYMENT_IN_PROGRESS,
   * PAYMENT_KEY_USED, PAYMENT_DECLINED, PAYMENT_MISMATCH, PROVIDER_MISCONFIGURED
   */
  async confirm({ paymentKey, ...order }: Order): Promise<Confirmed> {
    try {
      const confirmed = paymentKey === null ? await this.complete(order) : await this.pay({ ...order, paymentKey });
      metrics.confirms.inc({ outcome: confirmed.payment.status });
      return confirmed;
    } catch (error) {
      metrics.confirms.inc({ outcome: error instanceof Problem ? error.code : 'ERROR' });
      throw error;
    }
  }

  private async pay(request: ConfirmRequest): Promise<Confirmed> {
    const asked = await this.claims.claim(request);
    return asked ? this.ask(asked, request) : this.follow(request, true);
  }

  /** An order of 0 won: no provider is called. */
  private async complete(request: Omit<ConfirmRequest, 'paymentKey'>): Promise<Confirmed> {
    const where = { orderId: request.orderId, ...(request.userId !== null && { userId: request.userId }) };
    const order = await this.prisma.tempOrder.findFirst({ where, include: { plan: true } });
    if (order) {
      mustAgree(order, request);
      if (order.amount !== 0)
        throw new Problem('VALIDATION_FAILED', {
          errors: [{ path: 'paymentKey', message: 'required: the order has an amount' }],
        });
      if (order.expiresAt <= this.clock.now()) throw new Problem('ORDER_EXPIRED');
      await this.freeOrders.complete(order);
    }
    const payment = await this.prisma.payment.findFirst({ where, include: { plan: true } });
    if (!payment || !isPaid(payment.status)) throw new Problem('ORDER_NOT_FOUND');
    mustAgree(payment, request);
    return { payment, subscription: await this.subscriptions.paidBy(payment.orderId) };
  }

  private async ask(asked: Asked, request: ConfirmRequest): Promise<Confirmed> {
    const { payment, number } = asked;
    this.log.log({
      message: 'claimed',
      orderId: payment.orderId,
      attempt: number,
      amount: payment.amount,
      userId: payment.userId,
    });
    const settled = await this.settling.settle(asked, await this.asking.ask(asked));
    switch (settled.kind) {
      case 'paid': {
        const { subscription } = settled;
        const { plan } = payment;
        // What was bought to follow another plan leaves that one in force.
        if (subscription && subscription.planId !== plan.id)
          return { payment: { ...settled.payment, plan }, subscription: await this.subscriptions.get(subscription.id) };
        return { payment: { ...settled.payment, plan }, subscription: subscription && { ...subscription, plan } };
      }
      case 'waiting':
        return { payment: { ...settled.payment, plan: payment.plan }, subscription: null };
      case 'pending':
        return { payment, subscription: null };
      case 'declined':
        throw declined(settled);
      case 'given_back':
        throw new Problem(settled.code);
      case 'expired':
      case 'overtaken':
        return this.follow(request);
    }
  }

  /** Another request confirms the order: waits for what it finds out, and answers the same. */
  private async follow(request: ConfirmRequest, mayClaim = false): Promise<Confirmed> {
    const deadline = performance.now() + WAIT_FOR_THE_FIRST_MS;
    for (;;) {
      const found = await this.find(request);
      if (found.status === 'FAILED' && mayClaim) {
        // The one we waited for failed; with a payment key of our own it is our turn.
        const asked = await this.claims.claim(request);
        if (asked) return this.ask(asked, request);
      }
      if (found.status !== 'PENDING') return this.judge(found, request);
      if (performance.now() > deadline || !(await this.polls.outcomeKnown(found.orderId, deadline)))
        return this.outOfSight(found, request);
    }
  }

  /** Nobody is asking right now: looks once, and then says what is known. */
  private async outOfSight(found: PaymentWithPlan, request: ConfirmRequest): Promise<Confirmed> {
    await this.recovery.lookNow(found.orderId);
    const payment = await this.find(request);
    if (payment.status !== 'PENDING') return this.judge(payment, request);
    if (payment.paymentKey !== request.paymentKey) throw new Problem('PAYMENT_IN_PROGRESS');
    return { payment, subscription: null };
  }

  private async judge(payment: PaymentWithPlan, request: ConfirmRequest): Promise<Confirmed> {
    const sameKey = payment.paymentKey === request.paymentKey;
    if (isPaid(payment.status)) {
      if (!sameKey) throw new Problem('ORDER_ALREADY_PAID');
      return { payment, subscription: await this.subscriptions.paidBy(payment.orderId) };
    }
    switch (payment.status) {
      case 'WAITING_FOR_DEPOSIT':
        if (!sameKey) throw new Problem('PAYMENT_IN_PROGRESS');
        return { payment, subscription: null };
      case 'EXPIRED':
        throw new Problem('ORDER_EXPIRED');
      default:
        throw await this.whyNotAgain(payment, request);
    }
  }

  /** The order failed before and could not be claimed now: with a spent payment key, or because it ran out. */
  private async whyNotAgain(payment: PaymentWithPlan, request: ConfirmRequest): Promise<Problem> {
    const attempt = await this.prisma.paymentAttempt.findFirst({
      where: { orderId: payment.orderId, paymentKey: request.paymentKey },
      orderBy: { number: 'desc' },
    });
    if (attempt?.outcome === 'MISMATCHED')
      return new Problem(attempt.code === 'ORDER_OUTDATED' ? 'ORDER_OUTDATED' : 'PAYMENT_MISMATCH');
    if (payment.durationMonths !== null && (await this.isCharging(payment.userId)))
      return new Problem('PAYMENT_IN_PROGRESS');
    if (payment.attemptCount >= ASKINGS_AT_MOST) return new Problem('TOO_MANY_ATTEMPTS');
    if (attempt?.code) return declined({ code: attempt.code, message: attempt.message ?? '' });
    const tempOrder = await this.prisma.tempOrder.count({ where: { orderId: payment.orderId } });
    return new Problem(tempOrder === 0 ? 'ORDER_NOT_FOUND' : 'ORDER_EXPIRED');
  }

  /** The payment that stands in the way of a claim. Where there is none, says what was wrong with the claim. */
  private async find(request: ConfirmRequest): Promise<PaymentWithPlan> {
    const where = { orderId: request.orderId, ...(request.userId !== null && { userId: request.userId }) };
    const payment = await this.prisma.payment.findFirst({ where, include: withPlan });
    if (payment) {
      mustAgree(payment, request);
      return payment;
    }
    const tempOrder = await this.prisma.tempOrder.findFirst({ where });
    if (!tempOrder) throw new Problem('ORDER_NOT_FOUND');
    mustAgree(tempOrder, request);
    if (tempOrder.expiresAt <= this.clock.now()) throw new Problem('ORDER_EXPIRED');
    // Only a change of plan, or a balance, can be outdated. Anything else waited for a charge, which may be over by now.
    const isQuoted = tempOrder.change !== null || tempOrder.balanceUsed > 0;
    const isBlocked = !isQuoted || (await this.isCharging(tempOrder.userId));
    throw new Problem(isBlocked ? 'PAYMENT_IN_PROGRESS' : 'ORDER_OUTDATED');
  }

  /** A card on file is being charged for the buyer's time: no other payment for time is begun beside it. */
  private async isCharging(userId: string): Promise<boolean> {
    return (await this.prisma.customer.count({ where: { userId, chargingOrderId: { not: null } } })) > 0;
  }
}

/** What the browser says about an order is only ever compared with the order. */
function mustAgree(
  order: { amount: number; planId: number },
  { amount, planId }: Pick<ConfirmRequest, 'amount' | 'planId'>,
): void {
  if (planId !== undefined && planId !== order.planId) {
    throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message: 'not the plan of this order' }] });
  }
  if (amount !== order.amount) throw new Problem('AMOUNT_MISMATCH');
}

/** Toss's no, in Toss's words; but when it is our key that Toss refuses, that is no business of the buyer's. */
export function declined({ code, message }: { code: string; message: string }): Problem {
  if (refusesOurKey(code)) return new Problem('PROVIDER_MISCONFIGURED');
  return new Problem('PAYMENT_DECLINED', { toss: { code, message: message || koreanReason(code) || code } });
}
