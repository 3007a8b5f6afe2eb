import type { InvoiceLine } from '../platform/database/index.ts';
import type { Line } from '../pricing/index.ts';

/** The lines of an order as rows, in their order. */
export function linesOf(orderId: string, lines: readonly Line[]): InvoiceLine[] {
  return lines.map(({ kind, amount, period }, index) => ({
    ...{ orderId, position: index + 1, kind, amount },
    ...{ startsAt: period?.startsAt ?? null, endsAt: period?.endsAt ?? null },
  }));
}
