import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { PrismaService, type RenewalSwitch as Row, sql, type Tx } from '../platform/database/index.ts';
import { RenewalTerms } from '../subscriptions/index.ts';
import { isChargedWithin } from './next-charge.ts';
import { RenewalNotices } from '../subscriptions/index.ts';

export type Switch = Pick<Row, 'pausedAt' | 'pausedBy' | 'reason'>;

/** What operators decide about renewals; each decision is audited. */
@Injectable()
export class RenewalSwitch {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
    private readonly terms: RenewalTerms,
    private readonly notices: RenewalNotices,
    private readonly audit: AuditService,
  ) {}

  async read(tx: Tx = this.prisma): Promise<Switch> {
    return (
      (await tx.renewalSwitch.findUnique({ where: { id: 1 } })) ?? { pausedAt: null, pausedBy: null, reason: null }
    );
  }

  /** No card is charged from the next claim on; charges that are under way come to their end. */
  pause(origin: RequestOrigin, reason: string): Promise<Switch> {
    return this.set(origin, 'renewals.pause', { pausedAt: this.clock.now(), pausedBy: origin.userId, reason });
  }

  /** What fell due meanwhile is charged now. */
  resume(origin: RequestOrigin): Promise<Switch> {
    return this.set(origin, 'renewals.resume', { pausedAt: null, pausedBy: null, reason: null });
  }

  /**
   * Lets a renewal go on that is on hold, for whatever reason: it is charged now, or on another day than the charge before.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, NOTHING_HELD
   */
  async release(id: string, origin: RequestOrigin): Promise<Date> {
    const now = this.clock.now();
    return this.prisma.atomically(async (tx) => {
      const midnight = this.time.startOfDay(now);
      const [held] = await tx.$queryRaw<
        { isHeld: boolean; renews: boolean; isChargedToday: boolean; endDate: Date }[]
      >(sql`
        SELECT renewal_held_at IS NOT NULL AS "isHeld", is_active AND payment_method_id IS NOT NULL AND NOT cancel_at_period_end AS renews, end_date AS "endDate",
          ${isChargedWithin(sql`subscription.id`, midnight, this.time.endOfDay(now))} AS "isChargedToday"
        FROM subscription WHERE id = ${id}::uuid FOR UPDATE`);
      if (!held) throw new Problem('SUBSCRIPTION_NOT_FOUND');
      if (!held.isHeld) throw new Problem('NOTHING_HELD');
      const today = await tx.payment.count({ where: { subscriptionId: id, createdAt: { gte: midnight } } });
      const soonest =
        today === 0 && !held.isChargedToday ? now : this.terms.chargeAt(this.time.midnightOf(this.time.day(now), 2));
      // The buyer may have paid for more time by hand meanwhile.
      const due = this.terms.chargeAt(held.endDate);
      const nextChargeAt = due > soonest ? due : soonest;
      await tx.subscription.update({
        where: { id },
        data: { renewalHeldAt: null, renewalHeldReason: null, version: { increment: 1 } },
      });
      if (held.renews) await this.notices.announceBeforeCharge(tx, id, nextChargeAt);
      await this.audit.record(tx, origin, {
        action: 'renewals.release',
        subject: `subscription:${id}`,
        after: { nextChargeAt },
      });
      return nextChargeAt;
    });
  }

  private async set(origin: RequestOrigin, action: string, after: Switch): Promise<Switch> {
    return this.prisma.atomically(async (tx) => {
      const before = await this.read(tx);
      await tx.renewalSwitch.upsert({ where: { id: 1 }, create: { id: 1, ...after }, update: after });
      await this.audit.record(tx, origin, {
        action,
        subject: 'renewals',
        before,
        after,
        ...(after.reason !== null && { reason: after.reason }),
      });
      return after;
    });
  }
}
