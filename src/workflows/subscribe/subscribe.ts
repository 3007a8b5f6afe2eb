import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { v4 as uuid } from 'uuid';
import { type Plan, PlansService } from '../../catalog/index.ts';
import { tossConfig } from '../../config-namespaces.ts';
import { BalanceRepository, ChargingRepository, CustomersService } from '../../customers/index.ts';
import { CardsOnFile } from '../../payment-methods/index.ts';
import { InvoiceRepository } from '../../invoices/index.ts';
import { isPaid, PaymentRepository, PaymentsService } from '../../payments/index.ts';
import { type Attempt, AttemptRepository, type NewCharge } from '../begin-attempt/index.ts';
import { type PaymentMethod, PrismaService, statement, t, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import { price } from '../../pricing/index.ts';
import { ChargeDate, grantPurchase, SubscriptionsService, termsOf } from '../../subscriptions/index.ts';
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

/** A payment in the payment window is waited for as long as its order is valid, and no longer. */
const PAYING_IN_WINDOW = statement('subscribe.paying_in_window', {
  params: { userId: t.text, now: t.instant },
  row: { orderId: t.text },
  sql: `
    SELECT payment.order_id FROM payment JOIN invoice USING (order_id)
    WHERE payment.user_id = :userId AND payment.status = 'PENDING' AND duration_months IS NOT NULL
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
    private readonly reads: PaymentsService,
    private readonly invoices: InvoiceRepository,
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
    return 'attempt' in begun ? this.charge(begun.attempt) : this.answerStored(begun.orderId);
  }

  private beginTrial(userId: string, plan: Plan, card: PaymentMethod, days: number) {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.refuseIfSubscribedOrPaying(tx, userId, now);
      return this.trials.begin(tx, { userId, plan, card, days }, now);
    });
  }

  /**
   * Of any number at once for one buyer, one gets to charge: no buyer has two subscriptions, or two charges for one.
   */
  private begin(userId: string, plan: Plan, card: PaymentMethod): Promise<{ attempt: Attempt } | { orderId: string }> {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.refuseIfSubscribedOrPaying(tx, userId, now);
      const terms = termsOf(plan);
      const available = await this.balance.available(userId, now, tx);
      const context = { kind: 'period', plan: terms, period: null, paidBy: 'card', available } as const;
      const { amount, balanceUsed, lines } = price(this.calendar, context);
      const { planId, months: durationMonths } = terms;
      const { priceId, name: orderName, currency } = plan;
      const bought = { userId, planId, priceId, orderName, currency, amount, durationMonths, balanceUsed };
      const order = { orderId: uuid(), ...bought };
      const charge = { ...order, ...NO_RENEWAL, paymentMethodId: card.id, lines };
      if (amount > 0) return { attempt: await this.beginAttempt(tx, charge, now) };
      await this.grantFromBalance(tx, charge, now);
      return { orderId: order.orderId };
    });
  }

  /**
   * Locks the buyer, and then reads: what was begun before is seen, what comes later waits.
   *
   * @throws Problem ALREADY_SUBSCRIBED, PAYMENT_IN_PROGRESS
   */
  private async refuseIfSubscribedOrPaying(tx: Tx, userId: string, now: Date): Promise<void> {
    const { chargingOrderId } = await this.customers.lock(tx, userId);
    const live = await tx.subscription.count({ where: { userId, isActive: true } });
    if (live > 0) throw new Problem('ALREADY_SUBSCRIBED');
    const [inWindow] = await this.prisma.run(PAYING_IN_WINDOW, { userId, now }, tx);
    if (chargingOrderId !== null || inWindow) throw new Problem('PAYMENT_IN_PROGRESS');
  }

  private async beginAttempt(tx: Tx, charge: NewCharge, now: Date): Promise<Attempt> {
    await this.cards.usable(charge.paymentMethodId, charge.userId, tx);
    const [attempt] = await this.attempts.beginCharges(tx, [charge], now);
    await this.charging.begin(tx, [charge]);
    return attempt!;
  }

  /**
   * The balance covers the first period: the card is kept for the subscription, and charged from the next period on.
   */
  private async grantFromBalance(tx: Tx, charge: NewCharge, now: Date): Promise<void> {
    const { paymentMethodId, plannedAt: _, lines, ...order } = charge;
    const invoice = { ...order, status: 'OPEN' as const, change: null, expiresAt: null, paidAt: null, createdAt: now };
    await this.invoices.create(tx, invoice, lines);
    await this.payments.beginFree(tx, invoice.orderId, FROM_BALANCE, now);
    const payment = paidFromBalance(invoice, now);
    const terms = { ...boughtBy({ invoice, payment }, 0), paymentMethodId };
    const grant = grantPurchase(this.calendar, this.chargeDate, null, terms, invoice.userId, now);
    const facts = { payment, invoice, attempt: null, shown: null, grant, isOutdated: false, otherRefs: [] };
    await this.changes.write(paidChanges(facts, now), now, tx);
  }

  private async charge(attempt: Attempt): Promise<Subscribed> {
    const { invoice } = attempt;
    const { recorded } = await this.chargeCard.charge(attempt);
    switch (recorded.kind) {
      case 'paid': {
        const { payment, subscription } = recorded;
        return {
          payment: { ...payment, invoice },
          subscription: subscription && { ...subscription, plan: invoice.plan },
        };
      }
      case 'declined':
        throw declinedProblem(recorded);
      case 'given_back':
        throw new Problem(recorded.code);
      default:
        // Pending, or the poller was first.
        return this.answerStored(invoice.orderId);
    }
  }

  private async answerStored(orderId: string): Promise<Subscribed> {
    const payment = await this.reads.get(orderId);
    const { status, failureCode, failureMessage } = payment;
    if (status === 'FAILED') throw declinedProblem({ code: failureCode ?? '', message: failureMessage ?? '' });
    return { payment, subscription: isPaid(status) ? await this.subscriptions.paidBy(orderId) : null };
  }
}

/** Its first period: no period came before. */
const NO_RENEWAL = { subscriptionId: null, dueAt: null, consentId: null, plannedAt: null };

function mustGrantTime(): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message: 'must be a plan that grants time' }] });
}
