import type { Totals } from './ledger.ts';
import { asOf, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';

export interface ReportedPayment {
  paymentKey: string;
  orderId: string;
  status: string;
  method: string | null;
  totalAmount: number;
  balanceAmount: number;
  approvedAt: string | null;
  cancels: { transactionKey: string; cancelAmount: number; canceledAt: string; cancelReason: string }[];
}

export interface LedgerReport extends Totals {
  now: string;
  payments?: ReportedPayment[];
}

/**
 * The truth that a test compares the program with. The totals come from the ledger and always cover everything. The
 * payments can be limited to one order. A payment that was never approved is listed, but not in the totals.
 */
export function ledgerReport(
  simulator: Simulator,
  query: { orderId?: string | undefined; summary: boolean },
): LedgerReport {
  const now = simulator.clock.now();
  const totals = { now: new Date(now).toISOString(), ...simulator.store.ledger.totals() };
  if (query.summary) return totals;
  const records =
    query.orderId === undefined ? simulator.store.allPayments() : simulator.store.paymentsByOrder(query.orderId);
  const payments: ReportedPayment[] = [];
  for (const record of records) payments.push(reportedPayment(asOf(record, now)));
  return { ...totals, payments };
}

function reportedPayment({ payment, particulars }: PaymentRecord): ReportedPayment {
  return {
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    status: payment.status,
    method: payment.method ?? particulars.choice.method,
    totalAmount: payment.totalAmount,
    balanceAmount: payment.balanceAmount,
    approvedAt: payment.approvedAt,
    cancels: (payment.cancels ?? []).map(({ transactionKey, cancelAmount, canceledAt, cancelReason }) => ({
      transactionKey,
      cancelAmount,
      canceledAt,
      cancelReason,
    })),
  };
}
