import { explain } from '../../providers/index.ts';
import { RESOLVED_NOT_PAID } from '../../subscriptions/index.ts';

/** After these an order id is not requested again. */
const ENDING = new Set(['PAYMENT_MISMATCH', 'ORDER_OUTDATED', 'PAYMENT_STOPPED', RESOLVED_NOT_PAID]);

/**
 * Whether the next attempt must be made under another order: this one was given back or stopped, or its id is used up.
 */
export function isOrderEnded(failureCode: string | null): boolean {
  if (failureCode === null) return false;
  return ENDING.has(failureCode) || explain(failureCode).hint === 'order_used_up';
}
