import { Injectable } from '@nestjs/common';
import { Outbox } from '../outbox/index.ts';
import { PrismaService } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { EXPIRE, EXPIRE_UNLOCKED, NEXT_EXPIRY, NEXT_SWITCH, SWITCH_PLANS } from './period-end.statements.ts';

/** Small enough that a buyer waits behind the job for a moment at most. */
const BATCH = 500;

/** What happens by itself when a period ends: the subscription ends, or another plan that was paid for takes over. */
@Injectable()
export class PeriodEnds {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Ends what ran out before the midnight that began this day of the business calendar. By end date, so that nothing is
   * missed after an outage; in short transactions that several instances may run at once.
   *
   * @returns how many ended
   */
  async expire(): Promise<number> {
    // Past what others have locked first; then, for what is left, waiting until they are done with it.
    return (await this.expireBatches(EXPIRE_UNLOCKED)) + (await this.expireBatches(EXPIRE));
  }

  /** When {@link expire} next finds something to do; null for nothing. */
  async nextExpiry(): Promise<Date | null> {
    const [row] = await this.prisma.run(NEXT_EXPIRY, {});
    return row!.due;
  }

  /** The current plan is that of the period in force. @returns how many plans took over */
  switchPlans(): Promise<number> {
    const now = this.clock.now();
    return this.inBatches(async (tx) => {
      const rows = await this.prisma.run(SWITCH_PLANS, { now, limit: BATCH }, tx);
      const type = 'subscription.changed' as const;
      const events = rows.map(({ id, userId, planId }) => ({ type, userId, subscriptionId: id, data: { planId } }));
      await this.outbox.write(tx, events, now);
      return rows.length;
    });
  }

  /** When {@link switchPlans} next finds something to do; null for nothing. */
  async nextSwitch(): Promise<Date | null> {
    const [row] = await this.prisma.run(NEXT_SWITCH, {});
    return row!.due;
  }

  private expireBatches(expire: typeof EXPIRE): Promise<number> {
    const now = this.clock.now();
    const midnight = this.calendar.startOfDay(now);
    return this.inBatches(async (tx) => {
      const rows = await this.prisma.run(expire, { midnight, limit: BATCH }, tx);
      const events = rows.map(({ id, userId, planId, endDate }) => {
        return { type: 'subscription.expired' as const, userId, subscriptionId: id, data: { planId, endDate } };
      });
      await this.outbox.write(tx, events, now);
      return rows.length;
    });
  }

  private async inBatches(work: Parameters<typeof this.prisma.atomically<number>>[0]): Promise<number> {
    for (let total = 0; ;) {
      const count = await this.prisma.atomically(work);
      total += count;
      if (count < BATCH) return total;
    }
  }
}
