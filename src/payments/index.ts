/**
 * Owns: taking the money for an order, and finding out what became of it.
 * Does not own: what a paid order grants (subscriptions, events), nor what it was ordered as (temp-orders).
 * Always true: claim, call, settle. Nothing is requested of Toss that is not written down first; unknown is never taken for
 * failed; a charge that its buyer has stopped is not requested again.
 */
export { Charging } from './charging.ts';
export { type Confirmed, declined } from './confirm.service.ts';
export { confirmView, viewConfirmed } from './confirmed.view.ts';
export { Failures } from './failures.ts';
export { ENDS_ORDER } from './dunning.ts';
export { accountDueAt, firstLookAt, nextDepositLookAt as nextDepositPollAt, nextPollAt } from './look-schedule.ts';
export { paymentEvent } from './payment-event.ts';
export { paymentMessage } from './payment.message.ts';
export { PaymentRepository } from './payment.repository.ts';
export { ReversalRepository } from './reversal.repository.ts';
export {
  type Asked,
  askedColumns,
  askedFrom,
  type AskedRow,
  liveJson,
  pairOf,
  pairOf as accountOf,
  paymentColumns,
  planJson,
} from './payment.row.ts';
export { paymentView } from './payment.view.ts';
export { isPaid } from './payment.status.ts';
export { PaymentNews } from './payment-news.ts';
export { PaymentsModule } from './payments.module.ts';
export { PaymentPurge } from './purge.ts';
export { Recovery } from './recovery.ts';
