import { Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { IdempotencyService } from '../idempotency/index.ts';
import { Queues } from '../platform/jobs/index.ts';
import { Deliverer, EventPurge } from '../outbox/index.ts';
import { PAYMENTS_TO_POLL, PAYMENTS_TO_VOID, PaymentPurge } from '../payments/index.ts';
import { PaymentPoller } from '../workflows/poll-payments/index.ts';
import { Renewals } from '../workflows/renew/index.ts';
import { RECONCILE_AT, Reconciler } from '../reconciliation/index.ts';
import { RefundPoller } from '../workflows/refund-payment/index.ts';
import { PeriodEnds, RenewalNotices, RenewalRepository } from '../subscriptions/index.ts';
import { TempOrdersService } from '../temp-orders/index.ts';
import { WebhookProcessing, WebhookPurge } from '../webhooks/index.ts';
import { Invariants } from './invariants.ts';

/** A job of the daily round. Every one is safe to run at any time, twice, and on any number of programs at once. */
export interface ScheduledJob {
  name: string;
  /** The first time after `instant` at which it falls due. */
  nextAfter(instant: Date): Date;
  /** When it next finds something to do, as far as is known now; null for nothing. Its rounds before that would be idle. */
  nextWork(): Promise<Date | null>;
  /** @returns how many things it changed */
  run(): Promise<number>;
  /** Comes by so often that only what it did is news. */
  often?: true;
  /** The same; but on the way of a moved clock every one of its rounds counts. */
  quiet?: true;
  /** Falls due once a day, and is run once for it, on any number of instances. */
  daily?: true;
  /** One run makes up for any number of days: after a leap of the sandbox's clock over its hour it is run once, if it was not on the way. */
  catchesUp?: true;
}

@Injectable()
export class ScheduledJobs {
  /** Where several fall due at the same moment, they run in this order. */
  readonly all: readonly ScheduledJob[];

  constructor(
    time: BusinessCalendar,
    periodEnds: PeriodEnds,
    tempOrders: TempOrdersService,
    idempotency: IdempotencyService,
    poller: PaymentPoller,
    queues: Queues,
    refunds: RefundPoller,
    renewals: Renewals,
    renewalDue: RenewalRepository,
    notices: RenewalNotices,
    webhooks: WebhookProcessing,
    webhookPurge: WebhookPurge,
    reconciler: Reconciler,
    invariants: Invariants,
    deliverer: Deliverer,
    paymentPurge: PaymentPurge,
    eventPurge: EventPurge,
  ) {
    /** At 03:30, when nobody is busy. One run makes up for all the days that the sandbox clock skipped. */
    const purge = (name: string, run: () => Promise<number>): ScheduledJob => ({
      name,
      daily: true,
      catchesUp: true,
      nextAfter: (instant) => time.nextTimeOfDay(instant, 3, 30),
      run,
      nextWork: () => Promise.resolve(null),
    });
    const [payments, voids] = [queues.open(PAYMENTS_TO_POLL), queues.open(PAYMENTS_TO_VOID)];
    this.all = [
      {
        name: 'recover-payments',
        often: true,
        nextAfter: everyTenSeconds,
        run: async () => (await poller.sweepOnce()) + (await refunds.sweep()),
        nextWork: async () => earliest(await payments.nextDue(), await voids.nextDue(), await refunds.nextDue()),
      },
      {
        name: 'switch-plans',
        quiet: true,
        nextAfter: everyTenSeconds,
        run: () => periodEnds.switchPlans(),
        nextWork: () => periodEnds.nextSwitch(),
      },
      {
        name: 'expire-subscriptions',
        daily: true,
        nextAfter: (instant) => time.nextTimeOfDay(instant, 0),
        run: () => periodEnds.expire(),
        nextWork: () => periodEnds.nextExpiry(),
      },
      { ...purge('purge-temp-orders', () => tempOrders.purge()), nextWork: () => tempOrders.nextPurge() },
      purge('purge-idempotency-keys', () => idempotency.purge()),
      { ...purge('purge-webhook-events', () => webhookPurge.purge()), nextWork: () => webhookPurge.nextDue() },
      purge('purge-payments', () => paymentPurge.run()),
      purge('purge-messages', () => eventPurge.run()),
      // Told before it is charged.
      {
        name: 'announce-renewals',
        daily: true,
        nextAfter: (instant) => time.nextTimeOfDay(instant, 9),
        run: () => notices.announce(),
        nextWork: () => notices.nextDue(),
      },
      {
        name: 'renew-subscriptions',
        quiet: true,
        nextAfter: everyTenSeconds,
        run: () => renewals.runOnce(),
        nextWork: () => renewalDue.nextDue(),
      },
      {
        name: 'process-webhooks',
        often: true,
        nextAfter: everyTenSeconds,
        run: () => webhooks.sweep(),
        nextWork: () => webhooks.nextDue(),
      },
      {
        name: 'reconcile',
        daily: true,
        catchesUp: true,
        nextAfter: (instant) => time.nextTimeOfDay(instant, RECONCILE_AT),
        run: () => reconciler.run(),
        nextWork: () => reconciler.nextWork(),
      },
      {
        name: 'check-invariants',
        daily: true,
        nextAfter: (instant) => time.nextTimeOfDay(instant, 4, 30),
        run: async () => (await invariants.check()).invariants.filter(({ broken }) => broken !== 0).length,
        // It changes nothing: no reason to stop for it on the way.
        nextWork: () => Promise.resolve(null),
      },
      // Last: what the others have just written goes out in the same round.
      {
        name: 'deliver-messages',
        often: true,
        nextAfter: everySecond,
        run: () => deliverer.sweep(),
        nextWork: () => deliverer.nextDue(),
      },
    ];
  }

  find(name: string): ScheduledJob | undefined {
    return this.all.find((job) => job.name === name);
  }
}

const earliest = (...instants: (Date | null)[]): Date | null =>
  instants.filter((instant) => instant !== null).toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;

const every = (ms: number) => (instant: Date) => new Date((Math.floor(instant.getTime() / ms) + 1) * ms);
const everySecond = every(1_000);
const everyTenSeconds = every(10_000);
