import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../../audit/index.ts';
import { PrismaService, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  ChargeDate,
  released,
  RenewalNotices,
  renewsItself,
  SubscriptionRepository,
} from '../../subscriptions/index.ts';
import { CHARGED_WITHIN } from './renewal-day.statements.ts';

/** Lets a renewal go on that waits for an operator. */
@Injectable()
export class ReleaseRenewal {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly subscriptions: SubscriptionRepository,
    private readonly chargeDate: ChargeDate,
    private readonly notices: RenewalNotices,
    private readonly audit: AuditService,
  ) {}

  /**
   * Lets a renewal go on that is on hold, for whatever reason: it is charged now, or on another day than the charge
   * before.
   *
   * @returns when it is charged
   * @throws Problem SUBSCRIPTION_NOT_FOUND, NOTHING_HELD
   */
  async release(id: string, origin: RequestOrigin): Promise<Date> {
    return this.prisma.atomically(async (tx) => {
      const before = await this.subscriptions.lock(tx, id);
      if (!before) throw new Problem('SUBSCRIPTION_NOT_FOUND');
      if (before.renewalHeldAt === null) throw new Problem('NOTHING_HELD');
      // The buyer may have paid for more time in the payment window meanwhile.
      const due = this.chargeDate.of(before.endDate);
      const soonest = await this.soonest(tx, id);
      const nextChargeAt = due > soonest ? due : soonest;
      await this.subscriptions.save(tx, before, released(before));
      if (renewsItself(before)) await this.notices.announceBeforeCharge(tx, id, nextChargeAt);
      const subject = `subscription:${id}`;
      await this.audit.record(tx, origin, { action: 'renewals.release', subject, after: { nextChargeAt } });
      return nextChargeAt;
    });
  }

  /** Now, but where something was charged, or tried, today. */
  private async soonest(tx: Tx, id: string): Promise<Date> {
    const now = this.clock.now();
    const [from, to] = [this.calendar.startOfDay(now), this.calendar.endOfDay(now)];
    const [charged] = await this.prisma.run(CHARGED_WITHIN, { id, from, to }, tx);
    const tried = await tx.payment.count({ where: { invoice: { subscriptionId: id }, createdAt: { gte: from } } });
    return charged!.isCharged || tried > 0 ? this.chargeDate.tomorrow(now) : now;
  }
}
