import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { onlyOwn } from '../auth/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { type Plan, PrismaService, sql, type Subscription, type Tx } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { PlansService } from '../catalog/index.ts';
import { amountToOrder, ordersNothing, prorate } from '../pricing/index.ts';
import { Balance } from './balance.ts';
import { type Held, isContention, SubscriptionGrants } from './legacy.ts';
import { audited } from './subscriptions.service.ts';
import type { Terms } from './agreement.ts';

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
    private readonly balance: Balance,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
    private readonly audit: AuditService,
  ) {}

  /**
   * What a change would mean; moves nothing.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, VALIDATION_FAILED
   */
  async preview(id: string, planId: number, userId?: string): Promise<ChangeQuote> {
    const { held, plan, heldPrice } = await this.find(id, planId, userId);
    if (planId === held.subscription.planId) throw mustBeAnother();
    return this.quote(held, heldPrice, plan, this.clock.now());
  }

  /**
   * What `plan` costs this user now: the difference for somebody who holds a cheaper one, the price for others, and the
   * available balance taken into account. Exact under a lock of the customer's row.
   *
   * @throws Problem DOWNGRADE_AT_PERIOD_END, NOTHING_TO_PAY (below the least charge: use POST /v1/subscriptions/:id/change)
   */
  async quoteOrder(userId: string, plan: Plan, now: Date, tx: Tx = this.prisma): Promise<OrderQuote> {
    const held = await this.grants.heldBy(userId, now, tx);
    const available = await this.balance.available(userId, now, tx);
    const price = plan.price!;
    if (!held || follows(held, plan.id, now)) return { ...amountToOrder(price, available), change: null };
    const quote = this.quote(held, await this.priceHeld(held, tx), plan, now);
    if (quote.kind === 'downgrade') throw new Problem('DOWNGRADE_AT_PERIOD_END');
    const due = quote.charge - quote.credit;
    if (ordersNothing(due, available)) throw new Problem('NOTHING_TO_PAY');
    const { id: subscriptionId, version, planId: fromPlanId } = held.subscription;
    return { ...amountToOrder(due, available), change: { ...quote, subscriptionId, version, fromPlanId, price } };
  }

  /**
   * Changes without a payment: a downgrade at the period's end, an upgrade whose price is too small to charge now. Changing to
   * the plan that was agreed takes a scheduled change back. Once the period is over, a change decides what the next charge
   * buys and grants nothing.
   *
   * @throws Problem CHANGE_NEEDS_PAYMENT for an upgrade that must be ordered, and what {@link preview} throws
   */
  async change(id: string, planId: number, caller: RequestOrigin): Promise<void> {
    const now = this.clock.now();
    const { held, plan, heldPrice } = await this.find(id, planId, onlyOwn(caller));
    const { subscription } = held;
    const isHeld = plan.id === subscription.planId || subscription.nextPlanId !== null;
    if (plan.id === subscription.agreedPlanId && isHeld) return this.schedule(subscription, null, caller, now);
    const terms: Terms = { planId: plan.id, price: plan.price!, months: plan.durationMonths! };
    if (plan.id === subscription.planId) return this.schedule(subscription, terms, caller, now);
    const quote = this.quote(held, heldPrice, plan, now);
    if (subscription.endDate <= now && quote.kind === 'upgrade' && subscription.paymentMethodId === null)
      throw new Problem('CHANGE_NEEDS_PAYMENT');
    if (quote.kind === 'downgrade' || subscription.endDate <= now)
      return this.schedule(subscription, terms, caller, now);
    const available = await this.balance.available(subscription.userId, now);
    if (!ordersNothing(quote.charge - quote.credit, available)) throw new Problem('CHANGE_NEEDS_PAYMENT');
    return this.takeOver(held, terms, caller, now);
  }

  /** An upgrade that costs too little to charge: the balance takes the difference. */
  private async takeOver(
    held: Held,
    { planId, months, price }: Terms,
    caller: RequestOrigin,
    now: Date,
  ): Promise<void> {
    if (held.subscription.renewalOrderId !== null) throw new Problem('SUBSCRIPTION_CHANGED');
    const { writes } = this.grants.grant(
      held.subscription.userId,
      { planId, months, value: 0, price, takesOver: true },
      held,
      now,
    );
    try {
      const entry = audited(this.audit, caller, 'subscription.change', held.subscription, { planId }, sql`held`);
      await this.prisma.statement(
        sql`WITH settled AS (SELECT NULL::varchar AS order_id), ${writes}, audited AS (${entry}) SELECT 1`,
      );
    } catch (error) {
      if (isContention(error)) throw new Problem('SUBSCRIPTION_CHANGED');
      throw error;
    }
  }

  /** @param next what the next charge buys instead of what was agreed; null: as agreed */
  private async schedule(
    subscription: Subscription,
    next: Terms | null,
    caller: RequestOrigin,
    now: Date,
  ): Promise<void> {
    const { id, userId, version, planId, endDate } = subscription;
    const type = next === null ? 'subscription.change_withdrawn' : 'subscription.change_scheduled';
    const data = { planId, nextPlanId: next?.planId ?? null, effectiveAt: endDate };
    const written = await this.prisma.$executeRaw(sql`
      WITH scheduled AS (
        UPDATE subscription SET next_plan_id = ${next?.planId ?? null}::int, next_price = ${next?.price ?? null}::int, next_months = ${next?.months ?? null}::int, version = version + 1
        WHERE id = ${id}::uuid AND is_active AND version = ${version} AND renewal_order_id IS NULL RETURNING id
      ), audited AS (${audited(this.audit, caller, 'subscription.change', subscription, { nextPlanId: next?.planId ?? null }, sql`scheduled`)})
      ${this.outbox.message({ type, userId, subscriptionId: id, data }, sql`scheduled`, now)}`);
    if (written === 0) throw new Problem('SUBSCRIPTION_CHANGED');
  }

  private async find(id: string, planId: number, userId: string | undefined) {
    const subscription = await this.prisma.subscription.findFirst({
      where: { id, ...(userId !== undefined && { userId }) },
    });
    if (!subscription) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    const held = await this.grants.heldBy(subscription.userId, this.clock.now());
    if (held?.subscription.id !== id) throw new Problem('SUBSCRIPTION_ENDED');
    const plan = await this.plans.get(planId);
    if (plan.type === 'EVENT') throw mustBeAnother();
    const isHeld = planId === held.subscription.planId || planId === held.subscription.agreedPlanId;
    if (!plan.isActive && !isHeld) throw new Problem('PLAN_NOT_FOR_SALE');
    return { held, plan, heldPrice: await this.priceHeld(held, this.prisma) };
  }

  /** What a period of the plan in force was agreed at, in won; of one that was bought without an agreement for more, its price today. */
  private async priceHeld({ subscription, periods }: Held, tx: Tx): Promise<number> {
    const inForce = periods.find(({ planId }) => planId === subscription.planId);
    if (inForce) return inForce.listPrice;
    if (subscription.agreedPlanId === subscription.planId) return subscription.agreedPrice;
    return (await this.plans.get(subscription.planId, tx)).price!;
  }

  /** A dearer plan takes over at once, a cheaper one at the period's end. */
  private quote(held: Held, heldPrice: number, plan: Plan, now: Date): ChangeQuote {
    const { endDate } = held.subscription;
    const months = plan.durationMonths!;
    if (plan.price! < heldPrice || endDate <= now) {
      const periodEnd = this.time.addMonths(endDate, months);
      const kind = plan.price! < heldPrice ? 'downgrade' : 'upgrade';
      return { kind, credit: 0, charge: 0, amountDue: 0, effectiveAt: endDate, periodStart: endDate, periodEnd };
    }
    const { credit, charge, keepsCycle } = prorate(
      this.time,
      { cycles: held.subscription, periods: held.periods },
      now,
      {
        price: plan.price!,
        months,
      },
    );
    const periodEnd = keepsCycle ? endDate : this.time.addMonths(now, months);
    return {
      kind: 'upgrade',
      credit,
      charge,
      amountDue: Math.max(charge - credit, 0),
      effectiveAt: now,
      periodStart: now,
      periodEnd,
    };
  }
}

function mustBeAnother(): Problem {
  return new Problem('VALIDATION_FAILED', {
    errors: [{ path: 'planId', message: 'must be another plan that grants time' }],
  });
}

/**
 * What is bought follows what is held, at the plan's price: the same plan, one that is scheduled or paid to follow, or any plan
 * once the time is over.
 */
function follows({ subscription }: Held, planId: number, now: Date): boolean {
  const { nextPlanId, switchPlanId, endDate } = subscription;
  return [subscription.planId, nextPlanId, switchPlanId].includes(planId) || endDate <= now;
}
