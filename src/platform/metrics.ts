import { Counter, Gauge, Histogram, collectDefaultMetrics, register } from 'prom-client';

collectDefaultMetrics();

/** All metrics. Gauges that need the database are filled when `/metrics` is read. */
export const metrics = {
  confirms: new Counter({
    name: 'gudok_confirms_total',
    help: 'Confirms by outcome',
    labelNames: ['outcome'] as const,
  }),
  tossSeconds: new Histogram({
    name: 'gudok_toss_seconds',
    help: 'Response time of Toss',
    labelNames: ['call', 'result'] as const,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  }),
  oldestPendingSeconds: new Gauge({
    name: 'gudok_oldest_pending_payment_seconds',
    help: 'Age of the oldest payment whose outcome is unknown',
  }),
  pendingPayments: new Gauge({ name: 'gudok_pending_payments', help: 'Payments whose outcome is unknown' }),
  openNetCancels: new Gauge({
    name: 'gudok_open_net_cancels',
    help: 'Approvals of other orders or amounts that are not yet cancelled',
  }),
  oldestPendingRefundSeconds: new Gauge({
    name: 'gudok_oldest_pending_refund_seconds',
    help: 'Age of the oldest refund whose outcome is unknown',
  }),
  oldestWebhookSeconds: new Gauge({
    name: 'gudok_oldest_unprocessed_webhook_seconds',
    help: 'Age of the oldest webhook that waits to be processed',
  }),
  webhooksNotKept: new Counter({
    name: 'gudok_webhooks_not_kept_total',
    help: 'Incoming webhooks without a row: refused (rate), not ours (budget), or of a flooded order (merged)',
    labelNames: ['reason'] as const,
  }),
  oldestDueRenewalSeconds: new Gauge({
    name: 'gudok_oldest_due_renewal_seconds',
    help: 'How late the oldest due renewal is; it grows while renewals are paused',
  }),
  heldRenewals: new Gauge({ name: 'gudok_held_renewals', help: 'Subscriptions whose renewal waits for an operator' }),
  pastDueSubscriptions: new Gauge({
    name: 'gudok_past_due_subscriptions',
    help: 'Subscriptions whose card was declined',
  }),
  brokenInvariants: new Gauge({
    name: 'gudok_broken_invariants',
    help: 'Rows that break an invariant, when last checked; NaN: it could not be checked',
    labelNames: ['name'] as const,
  }),
  jobLagSeconds: new Gauge({ name: 'gudok_job_lag_seconds', help: 'How late the oldest due background job is' }),
  pendingMessages: new Gauge({ name: 'gudok_pending_messages', help: 'Messages that wait to be delivered' }),
  oldestPendingMessageSeconds: new Gauge({
    name: 'gudok_oldest_pending_message_seconds',
    help: 'Age of the oldest message that was neither delivered nor given up',
  }),
  messageDeliveries: new Counter({
    name: 'gudok_message_deliveries_total',
    help: 'Tries to deliver a message, by result',
    labelNames: ['result'] as const,
  }),
  gaugesUnreadable: new Gauge({
    name: 'gudok_gauges_unreadable',
    help: '1 when the gauges that need the database could not be read; they are NaN then',
  }),
  droppedConnections: new Counter({
    name: 'gudok_dropped_connections_total',
    help: 'Connections closed at once because too many were open',
  }),
  jwksFailures: new Counter({
    name: 'gudok_jwks_failures_total',
    help: 'Requests whose token could not be checked: the keys at AUTH_JWKS_URL could not be fetched',
  }),
  queueDefects: new Counter({
    name: 'gudok_queue_defects_total',
    help: 'Rows of a queue that could not be handled for a defect, by queue',
    labelNames: ['queue'] as const,
  }),
  jobRuns: new Counter({
    name: 'gudok_scheduled_job_runs_total',
    help: 'Scheduled jobs run, by name and result',
    labelNames: ['name', 'result'] as const,
  }),
};

/** The gauges that are filled when `/metrics` is read. */
export const databaseGauges = [
  metrics.oldestPendingSeconds,
  metrics.pendingPayments,
  metrics.openNetCancels,
  metrics.oldestPendingRefundSeconds,
  metrics.oldestWebhookSeconds,
  metrics.oldestDueRenewalSeconds,
  metrics.heldRenewals,
  metrics.pastDueSubscriptions,
  metrics.jobLagSeconds,
  metrics.pendingMessages,
  metrics.oldestPendingMessageSeconds,
];

export const metricsText = () => register.metrics();
export const metricsContentType = register.contentType;
