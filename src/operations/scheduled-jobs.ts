import { Injectable } from '@nestjs/common';
import { CronTime } from 'cron';
import { BusinessTime } from '../common/business-time.ts';
import { IdempotencyService } from '../idempotency/index.ts';
import { Recovery } from '../payments/index.ts';
import { SubscriptionsService } from '../subscriptions/index.ts';
import { TempOrdersService } from '../temp-orders/index.ts';

/** A job of the daily round. Every one is safe to run at any time, twice, and on any number of programs at once. */
export interface ScheduledJob {
  name: string;
  /** The first time after `instant` at which it falls due. */
  nextAfter(instant: Date): Date;
  /** When it next finds something to do, as far as is known now; null for nothing. Its rounds before that would be idle. */
  nextWork(): Promise<Date | null>;
  /** @returns how many things it changed */
  run(): Promise<number>;
}

/** Comes by so often that only what it did is news. */
export const RECOVER_PAYMENTS = 'recover-payments';

@Injectable()
export class ScheduledJobs {
  /** Where several fall due at the same moment, they run in this order. */
  readonly all: readonly ScheduledJob[];

  constructor(
    private readonly time: BusinessTime,
    subscriptions: SubscriptionsService,
    tempOrders: TempOrdersService,
    idempotency: IdempotencyService,
    recovery: Recovery,
  ) {
    this.all = [
      this.job(RECOVER_PAYMENTS, '*/10 * * * * *', () => recovery.sweep(), () => recovery.nextDue()),
      this.job('expire-subscriptions', '0 0 0 * * *', () => subscriptions.expire(), () => subscriptions.nextExpiry()),
      this.job('purge-temp-orders', '0 30 3 * * *', async () => {
        await idempotency.purge();
        return tempOrders.purge();
      }, () => tempOrders.nextPurge()),
    ];
  }

  find(name: string): ScheduledJob | undefined {
    return this.all.find((job) => job.name === name);
  }

  private job(name: string, schedule: string, run: () => Promise<number>, nextWork: () => Promise<Date | null>): ScheduledJob {
    const cron = new CronTime(schedule, this.time.zone);
    return { name, run, nextWork, nextAfter: (instant) => cron.getNextDateFrom(instant, this.time.zone).toJSDate() };
  }
}
