/**
 * Owns: payments, their attempts and voids: what was requested of a provider for an order, and what became of it.
 * Does not own: taking the money and recording the outcome (workflows), nor what a paid order grants (subscriptions,
 * events).
 * Always true: an attempt and its idempotency key are committed before the provider is called; of an order one
 * provider payment counts.
 */
export { merchantAccountOf, type PaymentDetails } from './payment.ts';
export { cut, type Display, displayOf, type VirtualAccount } from './display.ts';
export { PaymentFailures } from './payment-failures.ts';
export { PaymentPurge } from './payment-purge.ts';
export { paymentEvent, refundedEvent } from './payment-event.ts';
export { isPaid, paymentStatusesBefore } from './payment.machine.ts';
export { PAYMENTS_TO_POLL, PAYMENTS_TO_VOID } from './payment-queues.ts';
export { PaymentRepository } from './payment.repository.ts';
export { paymentView, viewPayment } from './payment.view.ts';
export { amount, orderId, paymentKey, wholeWon } from './payment.schema.ts';
export { type PaymentWithInvoice, ReversalRepository } from './reversal.repository.ts';
export { attemptColumns, displayColumns, paymentColumns } from './payment.columns.ts';
export { PaymentsModule } from './payments.module.ts';
export { PaymentsService } from './payments.service.ts';
export {
  accountDueAt,
  firstPollAt,
  maxRequestMs,
  mayBeUnderWay,
  nextDepositPollAt,
  nextPollAt,
  REPEAT_AFTER_MS,
} from './poll-schedule.ts';
export { type ClaimedVoid, VoidRepository } from './void.repository.ts';
