import { Injectable } from '@nestjs/common';
import { BusinessTime } from '../common/business-time.ts';
import { Clock } from '../common/clock.ts';
import { Problem } from '../common/problem.ts';
import { type Plan, PrismaService, sql, sqlState } from '../db/index.ts';
import { Outbox } from '../outbox/index.ts';
import { PlansService } from '../plans/index.ts';
import { SubscriptionGrants } from './grant.ts';
import { amountToOrder, ordersNothing, prorate } from './proration.ts';
import type { Held } from './purchase.ts';

/** What changing to another plan would mean. Amounts in won. */
export interface ChangeQuote {
  kind: 'upgrade' | 'downgrade';
  /** Of what was paid, the part that was not used. */
  credit: number;
  /** Of the new price, the part for the time it gets. */
  charge: number;
  /** What would have to be paid now. */
  amountDue: number;
  effectiveAt: Date;
  periodStart: Date;
  periodEnd: Date;
}

/** A change as an order for it is made: what was quoted, and the very subscription it was quoted for. */
export interface OrderedChange extends ChangeQuote {
  subscriptionId: string;
  version: number;
  fromPlanId: number;
  /** The new plan's price as quoted. */
  price: number;
}

/** What an order of a plan asks the buyer for. */
export interface OrderQuote {
  amount: number;
  balanceUsed: number;
  /** null: time is bought, not a change */
  change: OrderedChange | null;
}

/** Changing plan: quoting it, ordering it, scheduling it. */
@Injectable()
export class SubscriptionChanges {
  constructor(
    private readonly prisma: PrismaService,
    private readonly plans: PlansService,
    private readonly grants: SubscriptionGrants,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly time: BusinessTime,
  ) {}

  /**
   * What a change would mean; moves nothing.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, VALIDATION_FAILED
   */
  async preview(id: string, planId: number, userId?: string): Promise<ChangeQuote> {
    const { held, plan, current } = await this.meant(id, planId, userId);
    return this.quote(held, current, plan, this.clock.now());
  }

  /**
   * What `plan` costs this user now: the difference for somebody who holds a cheaper one, the price for others, and the
   * balance taken into account.
   *
   * @throws Problem DOWNGRADE_AT_PERIOD_END, NOTHING_TO_PAY (below Toss's least: use POST /v1/subscriptions/:id/change)
   */
  async quoteOrder(userId: string, plan: Plan, now: Date): Promise<OrderQuote> {
    const [held, balance] = await Promise.all([this.grants.heldBy(userId, now), this.balanceOf(userId)]);
    const price = plan.price!;
    if (!held || follows(held, plan.id, now)) return { ...amountToOrder(price, balance), change: null };
    const current = await this.plans.get(held.subscription.planId);
    const quote = this.quote(held, current, plan, now);
    if (quote.kind === 'downgrade') throw new Problem('DOWNGRADE_AT_PERIOD_END');
    const due = quote.charge - quote.credit;
    if (ordersNothing(due, balance)) throw new Problem('NOTHING_TO_PAY');
    const { id: subscriptionId, version, planId: fromPlanId } = held.subscription;
    return { ...amountToOrder(due, balance), change: { ...quote, subscriptionId, version, fromPlanId, price } };
  }

  /**
   * Changes without a payment: a downgrade at the period's end, an upgrade whose price is too small to charge now. Changing to
   * the plan that is held takes a scheduled change back.
   *
   * @throws Problem CHANGE_NEEDS_PAYMENT for an upgrade that must be ordered, and what {@link preview} throws
   */
  async change(id: string, planId: number, userId?: string): Promise<void> {
    const now = this.clock.now();
    const { held, plan, current } = await this.meant(id, planId, userId, 'or the one held');
    const quote = plan.id === current.id ? null : this.quote(held, current, plan, now);
    if (quote === null || quote.kind === 'downgrade') return this.schedule(held, quote === null ? null : plan.id, now);
    const balance = await this.balanceOf(held.subscription.userId);
    if (!ordersNothing(quote.charge - quote.credit, balance)) throw new Problem('CHANGE_NEEDS_PAYMENT');
    const bought = { planId: plan.id, months: plan.durationMonths!, value: 0, price: plan.price!, takesOver: true };
    if (held.subscription.renewalOrderId !== null) throw new Problem('SUBSCRIPTION_CHANGED');
    const { writes } = this.grants.grant(held.subscription.userId, bought, held, now);
    try {
      await this.prisma.$executeRaw(sql`WITH settled AS (SELECT NULL::varchar AS order_id), ${writes} SELECT 1`);
    } catch (error) {
      if (sqlState(error) === '23502' || sqlState(error) === '23505') throw new Problem('SUBSCRIPTION_CHANGED');
      throw error;
    }
  }

  /** What the user is owed (positive) or owes (negative), in won. */
  async balanceOf(userId: string): Promise<number> {
    const { _sum } = await this.prisma.balanceEntry.aggregate({ where: { userId }, _sum: { amount: true } });
    return _sum.amount ?? 0;
  }

  private async schedule({ subscription }: Held, nextPlanId: number | null, now: Date): Promise<void> {
    const { id, userId, version, planId } = subscription;
    const type = nextPlanId === null ? 'subscription.change_withdrawn' : 'subscription.change_scheduled';
    const data = { planId, nextPlanId, effectiveAt: subscription.endDate };
    const written = await this.prisma.$executeRaw(sql`
      WITH scheduled AS (
        UPDATE subscription SET next_plan_id = ${nextPlanId}::int, version = version + 1
        WHERE id = ${id}::uuid AND is_active AND version = ${version} AND renewal_order_id IS NULL RETURNING id
      )
      ${this.outbox.message({ type, userId, subscriptionId: id, data }, sql`scheduled`, now)}`);
    if (written === 0) throw new Problem('SUBSCRIPTION_CHANGED');
  }

  private async meant(id: string, planId: number, userId: string | undefined, orTheOneHeld?: string) {
    const subscription = await this.prisma.subscription.findFirst({ where: { id, ...(userId !== undefined && { userId }) } });
    if (!subscription) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    const held = await this.grants.heldBy(subscription.userId, this.clock.now());
    if (held?.subscription.id !== id) throw new Problem('SUBSCRIPTION_ENDED');
    const plan = await this.plans.get(planId);
    if (plan.type === 'EVENT' || (planId === subscription.planId && !orTheOneHeld)) {
      throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message: 'must be another plan that grants time' }] });
    }
    if (!plan.isActive && planId !== subscription.planId) throw new Problem('PLAN_NOT_FOR_SALE');
    return { held, plan, current: await this.plans.get(held.subscription.planId) };
  }

  /** A dearer plan takes over at once, a cheaper one at the period's end. */
  private quote(held: Held, current: Plan, plan: Plan, now: Date): ChangeQuote {
    const { endDate } = held.subscription;
    const months = plan.durationMonths!;
    if (plan.price! < current.price! || endDate <= now) {
      const periodEnd = this.time.addMonths(endDate, months);
      return { kind: plan.price! < current.price! ? 'downgrade' : 'upgrade', credit: 0, charge: 0, amountDue: 0, effectiveAt: endDate, periodStart: endDate, periodEnd };
    }
    const { credit, charge, keepsCycle } = prorate(this.time, { term: held.subscription, periods: held.periods }, now, { price: plan.price!, months });
    const periodEnd = keepsCycle ? endDate : this.time.addMonths(now, months);
    return { kind: 'upgrade', credit, charge, amountDue: Math.max(charge - credit, 0), effectiveAt: now, periodStart: now, periodEnd };
  }
}

/** What is bought follows what is held, at the plan's price: the same plan, the one that is scheduled, or anything once the time is over. */
function follows({ subscription }: Held, planId: number, now: Date): boolean {
  return subscription.planId === planId || subscription.nextPlanId === planId || subscription.endDate <= now;
}
