import { asOf } from './payment.ts';
import type { Simulator } from './simulator.ts';

/** Few at a time: after a benchmark a hundred thousand may fall due in the same second. */
const AT_ONCE = 500;

/**
 * Writes down what reads already see: READY after 30 minutes and IN_PROGRESS after 10 are EXPIRED, and the merchant is told
 * (docs: payment status, webhook events). A virtual account past its due date is not: nothing is sent for it.
 */
export function expirePayments(simulator: Simulator): number {
  const now = simulator.clock.now();
  const due = simulator.store.paymentsExpiring(now, AT_ONCE);
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
