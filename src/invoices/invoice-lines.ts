import type { InvoiceLineKind } from '../platform/database/index.ts';
import type { Line } from '../pricing/index.ts';

/** One reason why an invoice has its amount, in won. */
export interface NewLine {
  orderId: string;
  position: number;
  kind: InvoiceLineKind;
  amount: number;
  /** The time that it is for. null: none, or it begins when it is paid */
  startsAt: Date | null;
  endsAt: Date | null;
}

/** The lines of an order as rows, in their order. */
export function linesOf(orderId: string, lines: readonly Line[]): NewLine[] {
  return lines.map(({ kind, amount, period }, index) => ({
    ...{ orderId, position: index + 1, kind, amount },
    ...{ startsAt: period?.startsAt ?? null, endsAt: period?.endsAt ?? null },
  }));
}
