import type { Plan } from '../../catalog/index.ts';
import type { PaymentDetails } from '../../payments/index.ts';
import type { Subscription } from '../../platform/database/index.ts';

/**
 * What a confirm found or brought about. `payment.status` tells whether it is paid, waiting for a deposit or pending.
 */
export interface Confirmed {
  payment: PaymentDetails;
  /** null: an event, or nothing granted (yet) */
  subscription: (Subscription & { plan: Plan }) | null;
}
