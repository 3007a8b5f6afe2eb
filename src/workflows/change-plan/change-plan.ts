import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../../audit/index.ts';
import { isOperator, onlyOwn } from '../../auth/index.ts';
import { BalanceRepository, CustomersService } from '../../customers/index.ts';
import { Outbox } from '../../outbox/index.ts';
import { PrismaService, type Subscription, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import { ordersNothing } from '../../pricing/index.ts';
import {
  changeScheduled,
  ChargeDate,
  type CurrentSubscription,
  grantPurchase,
  permits,
  PlanQuotes,
  SubscriptionRepository,
  type Terms,
  termsOf,
  type WantedChange,
} from '../../subscriptions/index.ts';

/** What a wanted change comes to. */
type Effect =
  /** What the next charge buys instead of what was agreed; null: as agreed. */
  | { kind: 'schedule'; next: Terms | null }
  /** From now on, for a difference that is too small to charge. */
  | { kind: 'take_over' };

/** Changes the plan of a subscription where no payment is needed. */
@Injectable()
export class ChangePlan {
  constructor(
    private readonly prisma: PrismaService,
    private readonly customers: CustomersService,
    private readonly balance: BalanceRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly quotes: PlanQuotes,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly chargeDate: ChargeDate,
  ) {}

  /**
   * Changes without a payment: a downgrade at the period's end, an upgrade whose price is too small to charge now.
   * Changing to the plan that was agreed withdraws a scheduled change. Once the period is over, a change decides what
   * the next charge buys and grants nothing.
   *
   * @throws Problem CHANGE_NEEDS_PAYMENT for an upgrade that must be ordered, SUBSCRIPTION_CHANGED while a charge is
   * under way, and what a preview throws
   */
  async change(id: string, planId: number, caller: RequestOrigin): Promise<void> {
    const owner = await this.subscriptions.find(id, onlyOwn(caller));
    if (!owner) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    await this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      await this.customers.lock(tx, owner.userId);
      await this.subscriptions.lock(tx, id);
      const wanted = await this.quotes.change(owner, planId, tx);
      const effect = effectOf(wanted, await this.balance.available(owner.userId, now, tx), now);
      const { current, plan } = wanted;
      if (!permits(current.subscription, 'schedule_change')) throw new Problem('SUBSCRIPTION_CHANGED');
      if (effect.kind === 'schedule') await this.schedule(tx, current.subscription, effect.next, caller);
      else await this.takeOver(tx, current, termsOf(plan), caller);
    });
  }

  private async schedule(tx: Tx, before: Subscription, next: Terms | null, caller: RequestOrigin): Promise<void> {
    const { id, userId, planId, endDate } = before;
    await this.subscriptions.save(tx, before, changeScheduled(before, next));
    const type = next === null ? 'subscription.change_withdrawn' : 'subscription.change_scheduled';
    const nextPlanId = next?.planId ?? null;
    const event = { type, userId, subscriptionId: id, data: { planId, nextPlanId, effectiveAt: endDate } } as const;
    await this.outbox.write(tx, [event], this.clock.now());
    await this.record(tx, caller, id, { nextPlanId: before.nextPlanId }, { nextPlanId });
  }

  /** An upgrade that costs too little to charge: the balance takes the difference. */
  private async takeOver(tx: Tx, current: CurrentSubscription, plan: Terms, caller: RequestOrigin): Promise<void> {
    const now = this.clock.now();
    const { id, userId, planId } = current.subscription;
    const terms = { ...plan, orderId: null, value: 0, takesOver: true };
    const grant = grantPurchase(this.calendar, this.chargeDate, current, terms, userId, now);
    await this.subscriptions.saveGrant(tx, grant);
    await this.balance.add(tx, { userId, amount: grant.balanceEntry, reason: 'change', orderId: null }, now);
    await this.outbox.write(tx, [{ ...grant.event, userId, subscriptionId: id }], now);
    await this.record(tx, caller, id, { planId }, { planId: plan.planId });
  }

  private async record(tx: Tx, caller: RequestOrigin, id: string, before: object, after: object): Promise<void> {
    if (!isOperator(caller)) return;
    const subject = `subscription:${id}`;
    await this.audit.record(tx, caller, { action: 'subscription.change', subject, before, after });
  }
}

/** @throws Problem CHANGE_NEEDS_PAYMENT */
function effectOf({ current: { subscription }, plan, quote }: WantedChange, available: number, now: Date): Effect {
  const { planId, agreedPlanId, nextPlanId, endDate, paymentMethodId } = subscription;
  const isCurrent = plan.id === planId;
  if (plan.id === agreedPlanId && (isCurrent || nextPlanId !== null)) return { kind: 'schedule', next: null };
  const schedule: Effect = { kind: 'schedule', next: termsOf(plan) };
  if (isCurrent) return schedule;
  const isOver = endDate <= now;
  if (isOver && quote.kind === 'upgrade' && paymentMethodId === null) throw new Problem('CHANGE_NEEDS_PAYMENT');
  if (isOver || quote.kind === 'downgrade') return schedule;
  if (!ordersNothing(quote.charge - quote.credit, available)) throw new Problem('CHANGE_NEEDS_PAYMENT');
  return { kind: 'take_over' };
}
