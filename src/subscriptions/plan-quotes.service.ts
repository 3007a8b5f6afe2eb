import { Injectable } from '@nestjs/common';
import { type Plan, PlansService } from '../catalog/index.ts';
import { BalanceRepository } from '../customers/index.ts';
import { PrismaService, type Tx } from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { ordersNothing, type Price, price } from '../pricing/index.ts';
import {
  type ChangeQuote,
  isFollowing,
  type OrderedChange,
  priceChange,
  quoteChange,
  termsOf,
} from './change-quote.ts';
import type { CurrentSubscription } from './purchase.ts';
import { SubscriptionRepository } from './subscription.repository.ts';

/** What an order of a plan charges the buyer. */
export interface OrderQuote extends Price {
  /** null: time is bought, not a change */
  change: OrderedChange | null;
}

/** A change of plan that a buyer wants: from which subscription to which plan. */
export interface WantedChange {
  current: CurrentSubscription;
  plan: Plan;
  quote: ChangeQuote;
}

/** Quotes plans: to change to, and to order. */
@Injectable()
export class PlanQuotes {
  constructor(
    private readonly prisma: PrismaService,
    private readonly plans: PlansService,
    private readonly repository: SubscriptionRepository,
    private readonly balance: BalanceRepository,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
  ) {}

  /**
   * What a change would mean; moves nothing.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, VALIDATION_FAILED
   */
  async preview(id: string, planId: number, userId?: string): Promise<ChangeQuote> {
    const owner = await this.repository.find(id, userId);
    if (!owner) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    const { current, quote } = await this.change(owner, planId, this.prisma);
    if (planId === current.subscription.planId) throw notAnotherPlan();
    return quote;
  }

  /** @throws Problem as {@link preview} does, but for SUBSCRIPTION_NOT_FOUND */
  async change({ id, userId }: { id: string; userId: string }, planId: number, tx: Tx): Promise<WantedChange> {
    const now = this.clock.now();
    const current = await this.repository.current(userId, now, tx);
    if (current?.subscription.id !== id) throw new Problem('SUBSCRIPTION_ENDED');
    const plan = await this.plans.get(planId, tx);
    if (plan.type === 'EVENT') throw notAnotherPlan();
    const { planId: currentPlan, agreedPlanId } = current.subscription;
    if (!plan.isActive && planId !== currentPlan && planId !== agreedPlanId) throw new Problem('PLAN_NOT_FOR_SALE');
    const currentPrice = await this.currentPrice(current, tx);
    return { current, plan, quote: quoteChange(this.calendar, current, currentPrice, termsOf(plan), now) };
  }

  /**
   * What `plan` costs this user now: the difference for a buyer who has a cheaper one, the price for others, and the
   * available balance taken into account. Exact under a lock of the customer's row.
   *
   * @throws Problem DOWNGRADE_AT_PERIOD_END, NOTHING_TO_PAY (below the least charge: use POST
   * /v1/subscriptions/:id/change)
   */
  async quoteOrder(userId: string, plan: Plan, now: Date, tx: Tx = this.prisma): Promise<OrderQuote> {
    const current = await this.repository.current(userId, now, tx);
    const available = await this.balance.available(userId, now, tx);
    const terms = termsOf(plan);
    if (!current || isFollowing(current, plan.id, now)) {
      const context = { kind: 'period', plan: terms, period: null, paidBy: 'buyer', available } as const;
      return { ...price(this.calendar, context), change: null };
    }
    const quote = quoteChange(this.calendar, current, await this.currentPrice(current, tx), terms, now);
    if (quote.kind === 'downgrade') throw new Problem('DOWNGRADE_AT_PERIOD_END');
    if (ordersNothing(quote.charge - quote.credit, available)) throw new Problem('NOTHING_TO_PAY');
    const priced = priceChange(this.calendar, current, terms, available, now);
    const { id: subscriptionId, version, planId: fromPlanId } = current.subscription;
    return { ...priced, change: { ...quote, subscriptionId, version, fromPlanId, price: terms.price } };
  }

  /**
   * What a period of the plan in force was agreed at, in won; of one that was bought without such an agreement, its
   * price today.
   */
  private async currentPrice({ subscription, periods }: CurrentSubscription, tx: Tx): Promise<number> {
    const { planId, agreedPlanId, agreedPrice } = subscription;
    const inForce = periods.find((period) => period.planId === planId);
    if (inForce) return inForce.listPrice;
    return agreedPlanId === planId ? agreedPrice : (await this.plans.get(planId, tx)).price!;
  }
}

function notAnotherPlan(): Problem {
  const message = 'must be another plan that grants time';
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'planId', message }] });
}
