import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { v4 as uuid } from 'uuid';
import { type Plan, PlansService } from '../../catalog/index.ts';
import { tossConfig } from '../../config-namespaces.ts';
import { BalanceRepository, ChargingRepository, CustomersService } from '../../customers/index.ts';
import { CardsOnFile } from '../../payment-methods/index.ts';
import { isPaid, PaymentRepository } from '../../payments/index.ts';
import { type Attempt, AttemptRepository } from '../begin-attempt/index.ts';
import { type PaymentMethod, PrismaService, statement, t, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import { amountToCharge } from '../../pricing/index.ts';
import { ChargeDate, grantPurchase, SubscriptionsService } from '../../subscriptions/index.ts';
import { ChargeCard } from '../charge-card/index.ts';
import { type Confirmed, declinedProblem, FROM_BALANCE, paidFromBalance } from '../confirm-payment/index.ts';
import { boughtBy, ChangesRepository, paidChanges } from '../record-outcome/index.ts';
import { BeginTrial } from './begin-trial.ts';

export interface SubscribeRequest {
  planId: number;
  paymentMethodId: string;
  /** undefined: the first period is charged now */
  trialDays?: number | undefined;
}

export type Subscribed = Omit<Confirmed, 'payment'> & { payment: Confirmed['payment'] | null };

/** A payment by hand is waited for as long as its order is valid, and no longer. */
const PAYING_BY_HAND = statement('subscribe.paying_by_hand', {
  params: { userId: t.text, now: t.instant },
  row: { orderId: t.text },
  sql: `
    SELECT payment.order_id FROM payment JOIN temp_order USING (order_id)
    WHERE payment.user_id = :userId AND payment.status = 'PENDING' AND payment.duration_months IS NOT NULL
      AND expires_at > :now::timestamptz LIMIT 1`,
});

/** Subscribing with a card on file: begin the attempt, call the provider, record the outcome; or a trial. */
@Injectable()
export class Subscribe {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly chargeDate: ChargeDate,
    private readonly plans: PlansService,
    private readonly cards: CardsOnFile,
    private readonly customers: CustomersService,
    private readonly charging: ChargingRepository,
    private readonly balance: BalanceRepository,
    private readonly attempts: AttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly changes: ChangesRepository,
    private readonly subscriptions: SubscriptionsService,
    private readonly chargeCard: ChargeCard,
    private readonly trials: BeginTrial,
    @Inject(tossConfig.KEY) private readonly config: ConfigType<typeof tossConfig>,
  ) {}

  /**
   * Charges the first period, or begins a trial. `payment.status` tells whether it is paid or pending.
   *
   * @throws Problem PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, BILLING_KEY_NOT_FOUND, ALREADY_SUBSCRIBED, PAYMENT_IN_PROGRESS,
   * TRIAL_NOT_AVAILABLE, PAYMENT_DECLINED, PAYMENT_MISMATCH, PAYMENT_STOPPED, PROVIDER_MISCONFIGURED
   */
  async subscribe(userId: string, { planId, paymentMethodId, trialDays }: SubscribeRequest): Promise<Subscribed> {
    const plan = await this.plans.get(planId);
    if (plan.type === 'EVENT') throw mustGrantTime();
    if (!plan.isActive) throw new Problem('PLAN_NOT_FOR_SALE');
    if (this.config.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const card = await this.cards.usable(paymentMethodId, userId);
    if (trialDays) return { payment: null, subscription: await this.beginTrial(userId, plan, card, trialDays) };
    const begun = await this.begin(userId, plan, card);
    return 'attempt' in begun ? this.charge(begun.attempt) : this.answerPaid(begun.orderId);
  }

  private beginTrial(userId: string, plan: Plan, card: PaymentMethod, days: number) {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.mustBeFree(tx, userId, now);
      return this.trials.begin(tx, { userId, plan, card, days }, now);
    });
  }

  /**
   * Of any number at once for one buyer, one gets to charge: no buyer has two subscriptions, or two charges for one.
   */
  private begin(userId: string, plan: Plan, card: PaymentMethod): Promise<{ attempt: Attempt } | { orderId: string }> {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.mustBeFree(tx, userId, now);
      const { amount, balanceUsed } = amountToCharge(plan.price!, await this.balance.available(userId, now, tx));
      const orderId = uuid();
      const order = {
        orderId,
        userId,
        planId: plan.id,
        orderName: plan.name,
        amount,
        currency: plan.currency,
        balanceUsed,
      };
      const bought = { ...order, durationMonths: plan.durationMonths!, paymentMethodId: card.id };
      if (amount > 0) return { attempt: await this.beginAttempt(tx, bought, now) };
      await this.grantFromBalance(tx, bought, now);
      return { orderId };
    });
  }

  /**
   * Locks the buyer, and then reads: what was begun before is seen, what comes later waits.
   *
   * @throws Problem ALREADY_SUBSCRIBED, PAYMENT_IN_PROGRESS
   */
  private async mustBeFree(tx: Tx, userId: string, now: Date): Promise<void> {
    const { chargingOrderId } = await this.customers.lock(tx, userId);
    const live = await tx.subscription.count({ where: { userId, isActive: true } });
    if (live > 0) throw new Problem('ALREADY_SUBSCRIBED');
    const [byHand] = await this.prisma.run(PAYING_BY_HAND, { userId, now }, tx);
    if (chargingOrderId !== null || byHand) throw new Problem('PAYMENT_IN_PROGRESS');
  }

  private async beginAttempt(tx: Tx, order: FirstOrder, now: Date): Promise<Attempt> {
    await this.cards.usable(order.paymentMethodId, order.userId, tx);
    const charge = { ...order, subscriptionId: null, dueAt: null, consentId: null, plannedAt: null };
    const [attempt] = await this.attempts.beginCharges(tx, [charge], now);
    await this.charging.begin(tx, [order]);
    return attempt!;
  }

  /**
   * The balance covers the first period: the card is kept for the subscription, and charged from the next period on.
   */
  private async grantFromBalance(tx: Tx, order: FirstOrder, now: Date): Promise<void> {
    const payment = { ...paidFromBalance({ ...order, change: null }, now) };
    await this.payments.beginFreeCharge(tx, order, FROM_BALANCE, now);
    const terms = { ...boughtBy(payment, 0), paymentMethodId: order.paymentMethodId };
    const grant = grantPurchase(this.calendar, this.chargeDate, null, terms, order.userId, now);
    const facts = { payment, attempt: null, shown: null, grant, isOutdated: false, otherRefs: [] };
    await this.changes.write(paidChanges(facts, now), now, tx);
  }

  private async charge(attempt: Attempt): Promise<Subscribed> {
    const { plan, orderId } = attempt.payment;
    const { recorded } = await this.chargeCard.charge(attempt);
    switch (recorded.kind) {
      case 'paid': {
        const { payment, subscription } = recorded;
        return { payment: { ...payment, plan }, subscription: subscription && { ...subscription, plan } };
      }
      case 'declined':
        throw declinedProblem(recorded);
      case 'given_back':
        throw new Problem(recorded.code);
      default:
        // Pending, or the poller was first.
        return this.answerPaid(orderId);
    }
  }

  private async answerPaid(orderId: string): Promise<Subscribed> {
    const payment = await this.prisma.payment.findUniqueOrThrow({ where: { orderId } });
    const { status, failureCode, failureMessage } = payment;
    if (status === 'FAILED') throw declinedProblem({ code: failureCode ?? '', message: failureMessage ?? '' });
    const plan = await this.plans.get(payment.planId);
    return {
      payment: { ...payment, plan },
      subscription: isPaid(status) ? await this.subscriptions.paidBy(orderId) : null,
    };
  }
}

/** An order that begins a subscription with a card on file. Amounts in won. */
interface FirstOrder {
  orderId: string;
  userId: string;
  planId: number;
  orderName: string;
  amount: number;
  currency: string;
  durationMonths: number;
  balanceUsed: number;
  paymentMethodId: string;
}

function mustGrantTime(): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message: 'must be a plan that grants time' }] });
}
