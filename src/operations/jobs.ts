import { Injectable } from '@nestjs/common';
import { IdempotencyService } from '../idempotency/index.ts';
import { InvoiceRepository } from '../invoices/index.ts';
import { inBatches } from '../platform/database/batches.ts';
import { type Job, JobRegistry, Queues } from '../platform/jobs/index.ts';
import { SECOND } from '../platform/time/duration.ts';
import { Deliverer, EventPurge } from '../outbox/index.ts';
import { PAYMENTS_TO_POLL, PAYMENTS_TO_VOID, PaymentPurge } from '../payments/index.ts';
import { RECONCILE_AT, Reconciler } from '../reconciliation/index.ts';
import { PeriodEnds, RenewalNotices, RenewalRepository } from '../subscriptions/index.ts';
import { TempOrdersService } from '../temp-orders/index.ts';
import { WebhookProcessing, WebhookPurge } from '../webhooks/index.ts';
import { PaymentPoller } from '../workflows/poll-payments/index.ts';
import { RefundPoller } from '../workflows/refund-payment/index.ts';
import { Renewals } from '../workflows/renew/index.ts';
import { Invariants } from './invariants.ts';

const often = 10 * SECOND;

/** Which jobs there are, and when each falls due. */
@Injectable()
export class Jobs {
  constructor(
    registry: JobRegistry,
    queues: Queues,
    periodEnds: PeriodEnds,
    tempOrders: TempOrdersService,
    invoices: InvoiceRepository,
    idempotency: IdempotencyService,
    poller: PaymentPoller,
    refunds: RefundPoller,
    renewals: Renewals,
    renewalsDue: RenewalRepository,
    notices: RenewalNotices,
    webhooks: WebhookProcessing,
    webhookPurge: WebhookPurge,
    reconciler: Reconciler,
    invariants: Invariants,
    deliverer: Deliverer,
    paymentPurge: PaymentPurge,
    eventPurge: EventPurge,
  ) {
    const [payments, voids] = [queues.open(PAYMENTS_TO_POLL), queues.open(PAYMENTS_TO_VOID)];
    /** At 03:30, when little else runs. */
    const purge = (name: string, run: () => Promise<number>): Job => ({ name, dailyAt: '03:30', catchesUp: true, run });
    registry.add(
      {
        name: 'recover-payments',
        every: often,
        run: async () => (await poller.sweep()) + (await refunds.sweep()),
        nextDue: async () => earliest(await payments.nextDue(), await voids.nextDue(), await refunds.nextDue()),
      },
      {
        name: 'switch-plans',
        every: often,
        run: () => periodEnds.switchPlans(),
        nextDue: () => periodEnds.nextSwitch(),
      },
      {
        name: 'expire-subscriptions',
        dailyAt: '00:00',
        run: () => periodEnds.expire(),
        nextDue: () => periodEnds.nextExpiry(),
      },
      { ...purge('purge-temp-orders', () => tempOrders.lapse()), nextDue: () => tempOrders.nextLapse() },
      purge('lapse-invoices', () => inBatches((limit) => invoices.lapsePastDue(limit))),
      purge('purge-idempotency-keys', () => idempotency.purge()),
      { ...purge('purge-webhook-events', () => webhookPurge.purge()), nextDue: () => webhookPurge.nextDue() },
      purge('purge-payments', () => paymentPurge.run()),
      purge('purge-messages', () => eventPurge.run()),
      // Announced before it is charged.
      {
        name: 'announce-renewals',
        dailyAt: '09:00',
        run: () => notices.announce(),
        nextDue: () => notices.nextDue(),
      },
      { name: 'renew-subscriptions', every: often, run: () => renewals.run(), nextDue: () => renewalsDue.nextDue() },
      { name: 'process-webhooks', every: often, run: () => webhooks.sweep(), nextDue: () => webhooks.nextDue() },
      {
        name: 'reconcile',
        dailyAt: RECONCILE_AT,
        catchesUp: true,
        run: () => reconciler.run(),
        nextDue: () => reconciler.nextDue(),
      },
      { name: 'check-invariants', dailyAt: '04:30', run: () => broken(invariants) },
      // Last: what the others have just written is sent in the same round.
      { name: 'deliver-messages', every: SECOND, run: () => deliverer.sweep(), nextDue: () => deliverer.nextDue() },
    );
  }
}

const broken = async (invariants: Invariants) =>
  (await invariants.check()).invariants.filter(({ broken: rows }) => rows !== 0).length;

const earliest = (...instants: (Date | null)[]): Date | null =>
  instants.filter((instant) => instant !== null).toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
