/**
 * Owns: taking the money for an order, and finding out what became of it.
 * Does not own: what a paid order grants (subscriptions, events), nor what it was ordered as (temp-orders).
 * Always true: claim, call, settle. Nothing is asked of Toss that is not written down first; unknown is never taken for failed.
 */
export { Failures } from './failures.ts';
export { nextLookAt } from './look-schedule.ts';
export { paymentMessage } from './payment.message.ts';
export { before } from './payment.status.ts';
export { PaymentNews } from './payment-news.ts';
export { PaymentsModule } from './payments.module.ts';
export { Recovery } from './recovery.ts';
