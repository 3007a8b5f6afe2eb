import { Injectable } from '@nestjs/common';
import { type Draft, DraftRepository } from '../../invoices/index.ts';
import { isPaid, type PaymentDetails, PaymentsService } from '../../payments/index.ts';
import { type ConfirmRequest, MAX_ATTEMPTS } from '../begin-attempt/index.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import { SubscriptionsService } from '../../subscriptions/index.ts';
import { PaymentPoller } from '../poll-payments/index.ts';
import type { Confirmed } from './confirmed.ts';
import { declinedProblem } from './declined.ts';
import { OutcomePolls } from './outcome-polls.ts';

/** Those who came second wait for the first for as long as the provider may take to answer. */
const MAX_WAIT_MS = 32_000;

/** What following another request came to. */
export type Followed =
  | { kind: 'known'; confirmed: Confirmed }
  /** The payment failed: with a provider payment that was not tried, the order can be paid. */
  | { kind: 'failed' };

/**
 * For those who confirm an order that another request pays, or has paid: they wait, read, and never call the provider.
 */
@Injectable()
export class FollowPayment {
  constructor(
    private readonly prisma: PrismaService,
    private readonly drafts: DraftRepository,
    private readonly payments: PaymentsService,
    private readonly clock: Clock,
    private readonly polls: OutcomePolls,
    private readonly poller: PaymentPoller,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /** Waits for what the other request finds out. @throws Problem as {@link answer} does */
  async follow(request: ConfirmRequest): Promise<Followed> {
    const payment = await this.waitForOutcome(request);
    if (payment.status === 'FAILED') return { kind: 'failed' };
    return { kind: 'known', confirmed: await this.answerWith(payment, request) };
  }

  /**
   * The answer to a confirm of an order whose payment was begun by another request. @throws Problem why there is none
   */
  async answer(request: ConfirmRequest): Promise<Confirmed> {
    return this.answerWith(await this.waitForOutcome(request), request);
  }

  /** While a request is under way, its outcome is waited for; where none is, the provider is polled once. */
  private async waitForOutcome(request: ConfirmRequest): Promise<PaymentDetails> {
    const deadline = performance.now() + MAX_WAIT_MS;
    for (;;) {
      const payment = await this.find(request);
      if (payment.status !== 'PENDING') return payment;
      const isKnown = performance.now() <= deadline && (await this.polls.outcomeKnown(payment.orderId, deadline));
      if (isKnown) continue;
      await this.poller.pollNow(payment.orderId);
      return this.find(request);
    }
  }

  private async answerWith(payment: PaymentDetails, request: ConfirmRequest): Promise<Confirmed> {
    const isSame = payment.providerRef === request.providerRef;
    if (isPaid(payment.status)) {
      if (!isSame) throw new Problem('ORDER_ALREADY_PAID');
      return { payment, subscription: await this.subscriptions.paidBy(payment.orderId) };
    }
    switch (payment.status) {
      case 'PENDING':
      case 'WAITING_FOR_DEPOSIT':
        if (!isSame) throw new Problem('PAYMENT_IN_PROGRESS');
        return { payment, subscription: null };
      case 'EXPIRED':
        throw new Problem('ORDER_EXPIRED');
      default:
        throw await this.whyNotAgain(payment, request);
    }
  }

  /**
   * The order failed before and could not be begun again: with a spent provider payment, or because it expired or is
   * outdated.
   */
  private async whyNotAgain(payment: PaymentDetails, { providerRef }: ConfirmRequest): Promise<Problem> {
    const { orderId } = payment;
    const attempt = await this.prisma.paymentAttempt.findFirst({
      where: { orderId, providerRef },
      orderBy: { number: 'desc' },
    });
    if (attempt?.outcome === 'MISMATCHED') {
      return new Problem(attempt.code === 'ORDER_OUTDATED' ? 'ORDER_OUTDATED' : 'PAYMENT_MISMATCH');
    }
    if (payment.invoice.durationMonths !== null && (await this.isCharging(payment.userId)))
      return new Problem('PAYMENT_IN_PROGRESS');
    if (payment.attemptCount >= MAX_ATTEMPTS) return new Problem('TOO_MANY_ATTEMPTS');
    if (attempt?.code) return declinedProblem({ code: attempt.code, message: attempt.message ?? '' });
    const draft = await this.drafts.find(orderId);
    return draft ? this.whyNotBegun(draft) : new Problem('ORDER_NOT_FOUND');
  }

  /**
   * The payment that stands in the way of another attempt. Where there is none, says what was wrong with the request.
   */
  private async find(request: ConfirmRequest): Promise<PaymentDetails> {
    const userId = request.userId ?? undefined;
    const payment = await this.payments.find(request.orderId, userId);
    if (payment) {
      mustAgree(payment.invoice, request);
      return payment;
    }
    const order = await this.drafts.find(request.orderId, userId);
    if (!order) throw new Problem('ORDER_NOT_FOUND');
    mustAgree(order, request);
    throw await this.whyNotBegun(order);
  }

  /**
   * Only a change of plan, or a balance, can be outdated. Anything else waited for a charge, which may be over by now.
   */
  private async whyNotBegun({ expiresAt, change, balanceUsed, userId }: Draft): Promise<Problem> {
    if (expiresAt <= this.clock.now()) return new Problem('ORDER_EXPIRED');
    const isQuoted = change !== null || balanceUsed > 0;
    const isBlocked = !isQuoted || (await this.isCharging(userId));
    return new Problem(isBlocked ? 'PAYMENT_IN_PROGRESS' : 'ORDER_OUTDATED');
  }

  /** A card on file is being charged for the buyer's time: no other payment for time is begun beside it. */
  private async isCharging(userId: string): Promise<boolean> {
    return (await this.prisma.customer.count({ where: { userId, chargingOrderId: { not: null } } })) > 0;
  }
}

/** What the browser says about an order is only ever compared with the order. */
export function mustAgree(
  order: { amount: number; planId: number },
  { amount, planId }: Pick<ConfirmRequest, 'amount' | 'planId'>,
): void {
  if (planId !== undefined && planId !== order.planId) {
    throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message: 'not the plan of this order' }] });
  }
  if (amount !== order.amount) throw new Problem('AMOUNT_MISMATCH');
}
