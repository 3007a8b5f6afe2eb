import { Injectable, Logger } from '@nestjs/common';
import { type Attempt, AttemptRepository, type ConfirmRequest } from '../begin-attempt/index.ts';
import type { Plan } from '../../catalog/index.ts';
import type { Subscription } from '../../platform/database/index.ts';
import { metrics } from '../../platform/metrics.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import { SubscriptionsService } from '../../subscriptions/index.ts';
import { type Recorded, RecordOutcome } from '../record-outcome/index.ts';
import { ProviderRequests } from '../request-payment/index.ts';
import type { Confirmed } from './confirmed.ts';
import { declinedProblem } from './declined.ts';
import { FollowPayment } from './follow-payment.ts';
import { FreeOrders } from './free-orders.ts';

/** A confirm of an order; without a provider payment where there is nothing to pay. */
export type OrderConfirmation = Omit<ConfirmRequest, 'providerRef'> & { providerRef: string | null };

/** 결제 승인: begin the attempt, call the provider, record the outcome. */
@Injectable()
export class ConfirmPayment {
  private readonly log = new Logger('payments');

  constructor(
    private readonly clock: Clock,
    private readonly attempts: AttemptRepository,
    private readonly provider: ProviderRequests,
    private readonly outcomes: RecordOutcome,
    private readonly others: FollowPayment,
    private readonly freeOrders: FreeOrders,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /**
   * Takes the money for an order, at most once. Of any number who confirm at once, one calls the provider; the others
   * get its answer.
   *
   * @throws Problem ORDER_NOT_FOUND, ORDER_EXPIRED, ORDER_OUTDATED, AMOUNT_MISMATCH, ORDER_ALREADY_PAID,
   * PAYMENT_IN_PROGRESS, PAYMENT_KEY_USED, PAYMENT_DECLINED, PAYMENT_MISMATCH, TOO_MANY_ATTEMPTS,
   * PROVIDER_MISCONFIGURED
   */
  async confirm({ providerRef, ...order }: OrderConfirmation): Promise<Confirmed> {
    try {
      const confirmed =
        providerRef === null ? await this.freeOrders.complete(order) : await this.pay({ ...order, providerRef });
      metrics.confirms.inc({ outcome: confirmed.payment.status });
      return confirmed;
    } catch (error) {
      metrics.confirms.inc({ outcome: error instanceof Problem ? error.code : 'ERROR' });
      throw error;
    }
  }

  private async pay(request: ConfirmRequest): Promise<Confirmed> {
    // 1. Begin the attempt: it is committed with its idempotency key, and a unique index decides who goes first.
    const attempt = await this.attempts.beginConfirm(request, this.clock.now());
    if (attempt === null) return this.follow(request);
    this.logBegun(attempt);
    // 2. Call the provider, with no transaction open.
    const outcome = await this.provider.request(attempt);
    // 3. Record the outcome: payment, subscription or event, outgoing events, all or nothing.
    const recorded = await this.outcomes.record(attempt, outcome);
    return this.answer(attempt, recorded, request);
  }

  /** Another request pays the order: its answer is this one's. Where that failed, it may be this one's turn. */
  private async follow(request: ConfirmRequest): Promise<Confirmed> {
    const followed = await this.others.follow(request);
    if (followed.kind === 'known') return followed.confirmed;
    const attempt = await this.attempts.beginConfirm(request, this.clock.now());
    if (attempt === null) return this.others.answer(request);
    this.logBegun(attempt);
    return this.answer(attempt, await this.outcomes.record(attempt, await this.provider.request(attempt)), request);
  }

  private async answer({ payment, invoice }: Attempt, recorded: Recorded, request: ConfirmRequest): Promise<Confirmed> {
    const { plan } = invoice;
    switch (recorded.kind) {
      case 'paid':
        return {
          payment: { ...recorded.payment, invoice },
          subscription: await this.withPlan(recorded.subscription, plan),
        };
      case 'waiting':
        return { payment: { ...recorded.payment, invoice }, subscription: null };
      case 'pending':
        return { payment: { ...payment, invoice }, subscription: null };
      case 'declined':
        throw declinedProblem(recorded);
      case 'given_back':
        throw new Problem(recorded.code);
      case 'expired':
      case 'overtaken':
        return this.others.answer(request);
    }
  }

  /** What was bought to follow another plan leaves that one in force. */
  private async withPlan(subscription: Subscription | null, plan: Plan): Promise<Confirmed['subscription']> {
    if (subscription && subscription.planId !== plan.id) return this.subscriptions.get(subscription.id);
    return subscription && { ...subscription, plan };
  }

  private logBegun({ payment: { orderId, amount, userId }, number }: Attempt): void {
    this.log.log({ message: 'attempt begun', orderId, attempt: number, amount, userId });
  }
}
