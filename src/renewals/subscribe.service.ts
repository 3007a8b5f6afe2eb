import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { CardsOnFile } from '../billing-keys/index.ts';
import { Clock } from '../common/clock.ts';
import { Problem } from '../common/problem.ts';
import { currentRequestId } from '../common/request-context.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { type BillingKey, type Plan, PrismaService, sql, sqlState } from '../db/index.ts';
import { type Asked, askedColumns, askedFrom, type AskedRow, Charging, type Confirmed, declined, firstLookAt, isPaid, liveJson, paymentColumns, planJson } from '../payments/index.ts';
import { PlansService } from '../plans/index.ts';
import { amountToOrder, SubscriptionChanges, SubscriptionGrants, SubscriptionsService, type SubscriptionWithPlan } from '../subscriptions/index.ts';

const DAY_MS = 24 * 3_600_000;

export interface SubscribeRequest {
  planId: number;
  billingKeyId: string;
  /** undefined: the first period is charged now */
  trialDays?: number | undefined;
}

export type Subscribed = Omit<Confirmed, 'payment'> & { payment: Confirmed['payment'] | null };

const claimed = sql`claimed`;

/** Subscribing with a card on file: claim, call, settle, as a confirm does; or a trial, with nothing to call. */
@Injectable()
export class SubscribeService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly plans: PlansService,
    private readonly cards: CardsOnFile,
    private readonly changes: SubscriptionChanges,
    private readonly grants: SubscriptionGrants,
    private readonly subscriptions: SubscriptionsService,
    private readonly charging: Charging,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Charges the first period, or begins a trial. `payment.status` tells whether it is paid or pending.
   *
   * @throws Problem PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, BILLING_KEY_NOT_FOUND, ALREADY_SUBSCRIBED, PAYMENT_IN_PROGRESS,
   * TRIAL_NOT_AVAILABLE, PAYMENT_DECLINED, PAYMENT_MISMATCH, PROVIDER_MISCONFIGURED
   */
  async subscribe(userId: string, request: SubscribeRequest): Promise<Subscribed> {
    const plan = await this.plans.get(request.planId);
    if (plan.type === 'EVENT') throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message: 'must be a plan that grants time' }] });
    if (!plan.isActive) throw new Problem('PLAN_NOT_FOR_SALE');
    if (this.settings.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const card = await this.cards.usable(request.billingKeyId, userId);
    if (request.trialDays) return { payment: null, subscription: await this.beginTrial(userId, plan, card, request.trialDays) };
    return this.answer(await this.claim(userId, plan, card));
  }

  private async beginTrial(userId: string, plan: Plan, card: BillingKey, days: number): Promise<SubscriptionWithPlan> {
    if (days > this.settings.trialDaysMax) throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'trialDays', message: `at most ${this.settings.trialDaysMax}` }] });
    const now = this.clock.now();
    const before = await this.prisma.subscription.findFirst({ where: { userId }, orderBy: { createdAt: 'desc' } });
    if (before) throw new Problem(before.isActive ? 'ALREADY_SUBSCRIBED' : 'TRIAL_NOT_AVAILABLE');
    const { subscription, writes } = this.grants.trial(userId, { planId: plan.id, months: plan.durationMonths!, billingKeyId: card.id, endsAt: new Date(now.getTime() + days * DAY_MS) }, now);
    try {
      await this.prisma.$executeRaw(sql`WITH settled AS (SELECT NULL::varchar AS order_id), ${writes} SELECT 1`);
    } catch (error) {
      if (sqlState(error) === '23505') throw new Problem('ALREADY_SUBSCRIBED');
      throw error;
    }
    return { ...subscription, plan };
  }

  /** Of any number at once for one user, one gets to charge: nobody ends up with two subscriptions, or two charges for one. */
  private async claim(userId: string, plan: Plan, card: BillingKey): Promise<Asked> {
    const now = this.clock.now();
    const { amount, balanceUsed } = amountToOrder(plan.price!, await this.changes.balanceOf(userId));
    const orderId = uuid();
    try {
      const [row] = await this.prisma.statement<AskedRow>(sql`
        WITH claimed AS (
          INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, billing_key_id, status, attempt_count, next_look_at, created_at)
          SELECT ${orderId}, ${userId}, ${plan.id}::int, ${plan.name}, ${amount}::int, ${plan.currency}, ${plan.durationMonths}::int, ${balanceUsed}::int, billing_key.id, 'PENDING', 1,
                 ${firstLookAt(now)}::timestamptz, ${now}::timestamptz
          FROM billing_key
          WHERE billing_key.id = ${card.id}::uuid AND billing_key.status = 'ACTIVE'
            AND NOT EXISTS (SELECT FROM subscription held WHERE held.user_id = ${userId} AND held.is_active)
            AND NOT EXISTS (SELECT FROM payment other WHERE other.user_id = ${userId} AND other.status = 'PENDING' AND other.duration_months IS NOT NULL)
          RETURNING *
        ), asked AS (
          INSERT INTO payment_attempt (order_id, number, idempotency_key, billing_key_id, method, issuer_code, request_id, asked_at)
          SELECT order_id, 1, 'charge-' || order_id || '-1', billing_key_id, ${card.method}, ${card.issuerCode}, ${currentRequestId()}, ${now}::timestamptz
          FROM claimed
          RETURNING *
        )
        SELECT ${paymentColumns(claimed)}, ${askedColumns}, ${planJson} AS plan, ${liveJson} AS live
        FROM claimed JOIN asked ON true JOIN plan ON plan.id = claimed.plan_id
        LEFT JOIN subscription live ON live.user_id = claimed.user_id AND live.is_active`);
      if (row) return askedFrom(row);
    } catch (error) {
      if (sqlState(error) !== '23505') throw error;
      throw new Problem('PAYMENT_IN_PROGRESS');
    }
    const held = await this.prisma.subscription.count({ where: { userId, isActive: true } });
    throw new Problem(held > 0 ? 'ALREADY_SUBSCRIBED' : 'PAYMENT_IN_PROGRESS');
  }

  private async answer(asked: Asked): Promise<Subscribed> {
    const { payment } = asked;
    const { plan, orderId } = payment;
    const { settled } = await this.charging.charge(asked);
    switch (settled.kind) {
      case 'paid':
        return { payment: { ...settled.payment, plan }, subscription: settled.subscription && { ...settled.subscription, plan } };
      case 'declined':
        throw declined(settled);
      case 'given_back':
        throw new Problem(settled.code);
      default: {
        // Pending, or the recoverer was first.
        const now = await this.prisma.payment.findUniqueOrThrow({ where: { orderId } });
        if (now.status === 'FAILED') throw declined({ code: now.failureCode ?? '', message: now.failureMessage ?? '' });
        return { payment: { ...now, plan }, subscription: isPaid(now.status) ? await this.subscriptions.paidBy(orderId) : null };
      }
    }
  }
}
