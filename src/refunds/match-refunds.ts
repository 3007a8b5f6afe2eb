import type { Refund } from '../platform/database/index.ts';
import type { TossPayment } from '../providers/toss/index.ts';

/** A refund that the provider shows and our records do not have. */
export type ShownRefund = TossPayment['cancels'][number];

/** A new refund of the provider's, and the pending one of ours that it completes. null: it was made without us */
export interface Match {
  shown: ShownRefund;
  refund: Refund | null;
}

/** The provider's clock and ours may differ by this much. */
const CLOCK_SKEW_MS = 120_000;

/**
 * Pure. Which of the provider's refunds are new, and which pending refund of ours each completes. The provider keeps no
 * id of ours with a refund, so the amount decides, and among several of one amount the reason; only a refund that was
 * requested can be completed. When in doubt the refund counts as ours, unless it was made before our request: then less
 * goes back than two people wanted, which they see, and never more.
 */
export function matchRefunds(shown: readonly ShownRefund[], refunds: readonly Refund[]): Match[] {
  const known = new Set(refunds.map(({ transactionKey }) => transactionKey));
  const requested = refunds.filter(({ status, requestedAt }) => status === 'PENDING' && requestedAt !== null);
  return shown
    .filter((one) => isDone(one) && !known.has(one.transactionKey))
    .map((one) => {
      const candidates = requested.filter((refund) => mayComplete(one, refund));
      const refund = candidates.find(({ reason }) => reason === one.cancelReason) ?? candidates[0] ?? null;
      if (refund) requested.splice(requested.indexOf(refund), 1);
      return { shown: one, refund };
    });
}

const isDone = ({ cancelStatus }: ShownRefund): boolean => cancelStatus === null || cancelStatus === 'DONE';

function mayComplete({ cancelAmount, canceledAt }: ShownRefund, { amount, requestedAt }: Refund): boolean {
  if (amount !== cancelAmount) return false;
  return canceledAt === null || canceledAt.getTime() >= requestedAt!.getTime() - CLOCK_SKEW_MS;
}
