import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../../audit/index.ts';
import { isOperator, onlyOwn } from '../../auth/index.ts';
import { ChargingRepository, CustomersService } from '../../customers/index.ts';
import { Outbox } from '../../outbox/index.ts';
import { PaymentRepository } from '../../payments/index.ts';
import { PrismaService, type Subscription, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  canceled,
  ChargeDate,
  isResumable,
  resumed,
  SubscriptionRepository,
  SubscriptionsService,
  type SubscriptionWithPlan,
} from '../../subscriptions/index.ts';

const HOUR_MS = 3_600_000;
const MAX_TOGGLES_PER_HOUR = 20;

/** Ends a subscription with its period, or lets it go on. */
@Injectable()
export class CancelSubscription {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly customers: CustomersService,
    private readonly charging: ChargingRepository,
    private readonly subscriptions: SubscriptionsService,
    private readonly repository: SubscriptionRepository,
    private readonly payments: PaymentRepository,
    private readonly chargeDate: ChargeDate,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  /**
   * It ends with its period. A charge that is under way is stopped, too: it is not requested again, and only what the
   * provider had taken before is granted.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, TOO_MANY_REQUESTS (a buyer who cancels and resumes over
   * and over)
   */
  cancel(id: string, caller: RequestOrigin): Promise<SubscriptionWithPlan> {
    return this.change(id, caller, async (tx, before) => {
      if (before.cancelAtPeriodEnd) return null;
      const now = this.clock.now();
      const { renewalOrderId } = before;
      if (renewalOrderId !== null && (await this.payments.stopCharge(tx, renewalOrderId, false, now)))
        await this.charging.end(tx, renewalOrderId);
      return canceled(before);
    });
  }

  /**
   * It renews again; a renewal that was given up, or refunded, is planned again.
   *
   * @throws Problem as {@link cancel} does
   */
  resume(id: string, caller: RequestOrigin): Promise<SubscriptionWithPlan> {
    return this.change(id, caller, async (tx, before) => {
      if (!isResumable(before)) return null;
      const announcedFor = await this.repository.announcedChargeAt(tx, id);
      return resumed(before, { chargeAt: this.chargeDate.of(before.endDate), announcedFor }, this.clock.now());
    });
  }

  /** @param decide what becomes of it; null: it is so already */
  private async change(
    id: string,
    caller: RequestOrigin,
    decide: (tx: Tx, before: Subscription) => Promise<Subscription | null>,
  ): Promise<SubscriptionWithPlan> {
    const { userId } = await this.subscriptions.get(id, onlyOwn(caller));
    await this.prisma.atomically(async (tx) => {
      await this.customers.lock(tx, userId);
      const before = (await this.repository.lock(tx, id))!;
      if (!before.isActive) throw new Problem('SUBSCRIPTION_ENDED');
      const after = await decide(tx, before);
      if (after === null) return;
      if (!isOperator(caller)) await this.limitToggles(tx, id);
      await this.repository.save(tx, before, after);
      await this.record(tx, before, after, caller);
    });
    return this.subscriptions.get(id, onlyOwn(caller));
  }

  private async record(tx: Tx, before: Subscription, after: Subscription, caller: RequestOrigin): Promise<void> {
    const { id, userId, planId, endDate } = before;
    const { cancelAtPeriodEnd } = after;
    const type = cancelAtPeriodEnd ? 'subscription.canceled' : 'subscription.resumed';
    const event = { type, userId, subscriptionId: id, data: { planId, endDate } } as const;
    await this.outbox.write(tx, [event], this.clock.now());
    if (!isOperator(caller)) return;
    await this.audit.record(tx, caller, {
      action: cancelAtPeriodEnd ? 'subscription.cancel' : 'subscription.resume',
      subject: `subscription:${id}`,
      before: { cancelAtPeriodEnd: before.cancelAtPeriodEnd },
      after: { cancelAtPeriodEnd },
    });
  }

  private async limitToggles(tx: Tx, subscriptionId: string): Promise<void> {
    const now = this.clock.now();
    const type = { in: ['subscription.canceled', 'subscription.resumed'] };
    const createdAt = { gt: new Date(now.getTime() - HOUR_MS), lte: now };
    if ((await tx.outgoingEvent.count({ where: { subscriptionId, type, createdAt } })) >= MAX_TOGGLES_PER_HOUR)
      throw new Problem('TOO_MANY_REQUESTS');
  }
}
