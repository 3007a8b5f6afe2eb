import { asOf } from './payment.ts';
import type { Simulator } from './simulator.ts';

/** After a benchmark a hundred thousand payments may expire in the same second. */
const BATCH_SIZE = 500;

/**
 * Stores what reads already show: READY is EXPIRED after 30 minutes and IN_PROGRESS after 10, with a webhook (docs:
 * payment status, webhook events). For a virtual account past its due date no webhook is sent.
 */
export function expirePayments(simulator: Simulator): number {
  const now = simulator.clock.now();
  const due = simulator.store.paymentsExpiring(now, BATCH_SIZE);
  if (due.length === 0) return 0;
  simulator.store.write(() => {
    for (const record of due) {
      asOf(record, now);
      record.expiresAt = null;
      simulator.store.savePayment(record);
      simulator.webhooks.paymentChanged(record.payment);
    }
  });
  return due.length;
}
