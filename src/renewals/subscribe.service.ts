import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { CardsOnFile } from '../payment-methods/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { currentRequestId } from '../platform/logging/request-context.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { CustomersService } from '../customers/index.ts';
import { type PaymentMethod, type Plan, PrismaService, sql, type Tx } from '../platform/database/index.ts';
import {
  type Asked,
  askedColumns,
  askedFrom,
  type AskedRow,
  Charging,
  type Confirmed,
  declined,
  firstLookAt,
  isPaid,
  paymentColumns,
  paymentMessage,
  planJson,
} from '../payments/index.ts';
import { Outbox } from '../outbox/index.ts';
import { PlansService } from '../catalog/index.ts';
import {
  amountToCharge,
  Balance,
  balanceEntry,
  SubscriptionGrants,
  SubscriptionsService,
  type SubscriptionWithPlan,
} from '../subscriptions/index.ts';

const DAY_MS = 24 * 3_600_000;

export interface SubscribeRequest {
  planId: number;
  paymentMethodId: string;
  /** undefined: the first period is charged now */
  trialDays?: number | undefined;
}

export type Subscribed = Omit<Confirmed, 'payment'> & { payment: Confirmed['payment'] | null };

/** An order that begins a subscription with a card on file. Amounts in won. */
interface SubscribeOrder {
  orderId: string;
  userId: string;
  plan: Plan;
  card: PaymentMethod;
  amount: number;
  balanceUsed: number;
}

const claimed = sql`claimed`;

/** Subscribing with a card on file: claim, call, settle, as a confirm does; or a trial, with nothing to call. */
@Injectable()
export class SubscribeService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly plans: PlansService,
    private readonly cards: CardsOnFile,
    private readonly customers: CustomersService,
    private readonly balance: Balance,
    private readonly outbox: Outbox,
    private readonly grants: SubscriptionGrants,
    private readonly subscriptions: SubscriptionsService,
    private readonly charging: Charging,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Charges the first period, or begins a trial. `payment.status` tells whether it is paid or pending.
   *
   * @throws Problem PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, BILLING_KEY_NOT_FOUND, ALREADY_SUBSCRIBED, PAYMENT_IN_PROGRESS,
   * TRIAL_NOT_AVAILABLE, PAYMENT_DECLINED, PAYMENT_MISMATCH, PAYMENT_STOPPED, PROVIDER_MISCONFIGURED
   */
  async subscribe(userId: string, request: SubscribeRequest): Promise<Subscribed> {
    const plan = await this.plans.get(request.planId);
    if (plan.type === 'EVENT')
      throw new Problem('VALIDATION_FAILED', {
        errors: [{ path: 'planId', message: 'must be a plan that grants time' }],
      });
    if (!plan.isActive) throw new Problem('PLAN_NOT_FOR_SALE');
    if (this.settings.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const card = await this.cards.usable(request.paymentMethodId, userId);
    if (request.trialDays)
      return { payment: null, subscription: await this.beginTrial(userId, plan, card, request.trialDays) };
    const begun = await this.begin(userId, plan, card);
    return 'asked' in begun ? this.answer(begun.asked) : begun;
  }

  private async beginTrial(
    userId: string,
    plan: Plan,
    card: PaymentMethod,
    days: number,
  ): Promise<SubscriptionWithPlan> {
    if (days > this.settings.trialDaysMax)
      throw new Problem('VALIDATION_FAILED', {
        errors: [{ path: 'trialDays', message: `at most ${this.settings.trialDaysMax}` }],
      });
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.mustBeFree(tx, userId, now);
      if ((await tx.subscription.count({ where: { userId } })) > 0) throw new Problem('TRIAL_NOT_AVAILABLE');
      const terms = { planId: plan.id, price: plan.price!, months: plan.durationMonths! };
      const { subscription, writes } = this.grants.trial(
        userId,
        { ...terms, paymentMethodId: card.id, endsAt: new Date(now.getTime() + days * DAY_MS) },
        now,
      );
      await tx.$executeRaw(sql`WITH settled AS (SELECT NULL::varchar AS order_id), ${writes} SELECT 1`);
      return { ...subscription, plan };
    });
  }

  /** Of any number at once for one user, one gets to charge: nobody ends up with two subscriptions, or two charges for one. */
  private begin(userId: string, plan: Plan, card: PaymentMethod): Promise<{ asked: Asked } | Subscribed> {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.mustBeFree(tx, userId, now);
      const { amount, balanceUsed } = amountToCharge(plan.price!, await this.balance.available(userId, now, tx));
      const order = { orderId: uuid(), userId, plan, card, amount, balanceUsed };
      return amount === 0 ? this.grantFromBalance(tx, order, now) : { asked: await this.beginAttempt(tx, order, now) };
    });
  }

  /**
   * Locks the buyer, and then reads: whatever was begun before is seen, whatever comes later waits.
   *
   * @throws Problem ALREADY_SUBSCRIBED, PAYMENT_IN_PROGRESS
   */
  private async mustBeFree(tx: Tx, userId: string, now: Date): Promise<void> {
    const { chargingOrderId } = await this.customers.lock(tx, userId);
    if ((await tx.subscription.count({ where: { userId, isActive: true } })) > 0)
      throw new Problem('ALREADY_SUBSCRIBED');
    // A payment by hand is waited for as long as its order is valid, and no longer.
    const [byHand] = await tx.$queryRaw<object[]>(sql`
      SELECT FROM payment JOIN temp_order USING (order_id)
      WHERE payment.user_id = ${userId} AND payment.status = 'PENDING' AND payment.duration_months IS NOT NULL AND expires_at > ${now}::timestamptz LIMIT 1`);
    if (chargingOrderId !== null || byHand) throw new Problem('PAYMENT_IN_PROGRESS');
  }

  private async beginAttempt(
    tx: Tx,
    { orderId, userId, plan, card, amount, balanceUsed }: SubscribeOrder,
    now: Date,
  ): Promise<Asked> {
    const [row] = await tx.$queryRaw<AskedRow[]>(sql`
      WITH claimed AS (
        INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, payment_method_id, status, attempt_count, next_poll_at, created_at)
        SELECT ${orderId}, ${userId}, ${plan.id}::int, ${plan.name}, ${amount}::int, ${plan.currency}, ${plan.durationMonths}::int, ${balanceUsed}::int, payment_method.id, 'PENDING', 1,
               ${firstLookAt(now)}::timestamptz, ${now}::timestamptz
        FROM payment_method WHERE payment_method.id = ${card.id}::uuid AND payment_method.status = 'ACTIVE'
        RETURNING *
      ), asked AS (
        INSERT INTO payment_attempt (order_id, number, idempotency_key, payment_method_id, method, issuer_code, request_id, requested_at)
        SELECT order_id, 1, 'charge-' || order_id || '-1', payment_method_id, ${card.method}, ${card.issuerCode}, ${currentRequestId()}, ${now}::timestamptz
        FROM claimed
        RETURNING *
      ), charging AS (UPDATE customer SET charging_order_id = claimed.order_id FROM claimed WHERE customer.user_id = claimed.user_id)
      SELECT ${paymentColumns(claimed)}, ${askedColumns}, ${planJson} AS plan, NULL::jsonb AS live
      FROM claimed JOIN asked ON true JOIN plan ON plan.id = claimed.plan_id`);
    if (!row) throw new Problem('BILLING_KEY_NOT_FOUND');
    return askedFrom(row);
  }

  /** The balance covers the first period: the card is put under the subscription, and charged from the next one on. */
  private async grantFromBalance(
    tx: Tx,
    { orderId, userId, plan, card, balanceUsed }: SubscribeOrder,
    now: Date,
  ): Promise<Subscribed> {
    const bought = {
      planId: plan.id,
      months: plan.durationMonths!,
      value: balanceUsed,
      price: plan.price!,
      takesOver: false,
      paymentMethodId: card.id,
    };
    const { subscription, writes } = this.grants.grant(userId, bought, null, now);
    await tx.$executeRaw(sql`
      WITH settled AS (
        INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, status, method, approved_at, created_at)
        VALUES (${orderId}, ${userId}, ${plan.id}::int, ${plan.name}, 0, ${plan.currency}, ${plan.durationMonths}::int, ${balanceUsed}::int, 'SUCCESS', '잔액', ${now}::timestamptz, ${now}::timestamptz)
        RETURNING order_id
      ), ${writes}, balance_used AS (${balanceEntry(userId, -balanceUsed, 'used', now)}) SELECT 1`);
    const payment = await tx.payment.findUniqueOrThrow({ where: { orderId }, include: { plan: true } });
    await this.outbox.write(tx, paymentMessage('payment.succeeded', payment), now);
    return { payment, subscription: { ...subscription, plan } };
  }

  private async answer(asked: Asked): Promise<Subscribed> {
    const { payment } = asked;
    const { plan, orderId } = payment;
    const { settled } = await this.charging.charge(asked);
    switch (settled.kind) {
      case 'paid':
        return {
          payment: { ...settled.payment, plan },
          subscription: settled.subscription && { ...settled.subscription, plan },
        };
      case 'declined':
        throw declined(settled);
      case 'given_back':
        throw new Problem(settled.code);
      default: {
        // Pending, or the recoverer was first.
        const now = await this.prisma.payment.findUniqueOrThrow({ where: { orderId } });
        if (now.status === 'FAILED') throw declined({ code: now.failureCode ?? '', message: now.failureMessage ?? '' });
        return {
          payment: { ...now, plan },
          subscription: isPaid(now.status) ? await this.subscriptions.paidBy(orderId) : null,
        };
      }
    }
  }
}
