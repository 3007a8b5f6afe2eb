import type { Refund } from '../platform/database/index.ts';
import type { ProviderRefund } from '../providers/index.ts';

/** A new provider refund, and the pending one of ours that it completes. null: it was made without us */
export interface Match {
  shown: ProviderRefund;
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
export function matchRefunds(shown: readonly ProviderRefund[], refunds: readonly Refund[]): Match[] {
  const known = new Set(refunds.map(({ transactionKey }) => transactionKey));
  const requested = refunds.filter(({ status, requestedAt }) => status === 'PENDING' && requestedAt !== null);
  const isNew = ({ state, providerRef }: ProviderRefund) => state === 'done' && !known.has(providerRef);
  return shown.filter(isNew).map((one) => {
    const candidates = requested.filter((refund) => mayComplete(one, refund));
    const refund = candidates.find(({ reason }) => reason === one.reason) ?? candidates[0] ?? null;
    if (refund) requested.splice(requested.indexOf(refund), 1);
    return { shown: one, refund };
  });
}

function mayComplete(shown: ProviderRefund, { amount, requestedAt }: Refund): boolean {
  if (amount !== shown.amount) return false;
  return shown.refundedAt === null || shown.refundedAt.getTime() >= requestedAt!.getTime() - CLOCK_SKEW_MS;
}
