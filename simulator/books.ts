import type { Totals } from './ledger.ts';
import { asOf, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';

export interface BookedPayment {
  paymentKey: string;
  orderId: string;
  status: string;
  method: string | null;
  totalAmount: number;
  balanceAmount: number;
  approvedAt: string | null;
  cancels: { transactionKey: string; cancelAmount: number; canceledAt: string; cancelReason: string }[];
}

export interface Books extends Totals {
  now: string;
  payments?: BookedPayment[];
}

/**
 * What Toss holds, the truth a test compares its own program with. Totals come from the ledger and are always over
 * everything; payments may be limited to one order. A payment that was never approved is listed and does not count.
 */
export function books(simulator: Simulator, wanted: { orderId?: string | undefined; summary: boolean }): Books {
  const now = simulator.clock.now();
  const totals = { now: new Date(now).toISOString(), ...simulator.store.ledger.totals() };
  if (wanted.summary) return totals;
  const records =
    wanted.orderId === undefined ? simulator.store.allPayments() : simulator.store.paymentsByOrder(wanted.orderId);
  const payments: BookedPayment[] = [];
  for (const record of records) payments.push(booked(asOf(record, now)));
  return { ...totals, payments };
}

function booked({ payment, particulars }: PaymentRecord): BookedPayment {
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
