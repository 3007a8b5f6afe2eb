import { z } from 'zod';
import { koreanTime } from './clock.ts';
import { refusal, success } from './errors.ts';
import { MERCHANT_ID } from './identifiers.ts';
import type { Movement } from './ledger.ts';
import { receiptUrl } from './payment-method.ts';
import type { Simulator } from './simulator.ts';
import type { Operation } from './operation.ts';

/** At most 5000 rows, 100 by default (docs: core API reference, transactions). */
const MAX_ROWS = 5000;
const limitSchema = z.coerce.number().int().positive();

/** `GET /v1/transactions`: one row per approval and cancel, a bare array, oldest first (docs: core API reference). */
export function listTransactions(simulator: Simulator): Operation {
  return {
    method: 'GET',
    path: '/v1/transactions',
    on: 'transactions',
    subject: () => ({}),
    run({ query, language }) {
      const from = koreanInstant(query.startDate);
      const to = koreanInstant(query.endDate);
      if (from === undefined || to === undefined || from > to) return refusal('INVALID_DATE', language);
      const limit = limitSchema.safeParse(query.limit ?? 100);
      if (!limit.success) return refusal('INVALID_REQUEST', language, { detail: 'limit' });
      if (limit.data > MAX_ROWS) return refusal('EXCEED_MAX_QUERY_LIMIT', language);
      const after = query.startingAfter === undefined ? 0 : simulator.store.ledger.positionOf(query.startingAfter);
      if (after === undefined) return refusal('INVALID_TRANSACTION_KEY', language);
      const rows = simulator.store.ledger.between(from, to, after, limit.data);
      return success(rows.map((row) => transaction(simulator, row)));
    },
  };
}

/** Korean time without an offset; a bare date is its midnight (docs). */
function koreanInstant(text: string | undefined): number | undefined {
  const time = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d)?(\.\d+)?$/.exec(text ?? '');
  const instant = time ? Date.parse(`${time[1]}${time[2] ?? 'T00:00:00'}+09:00`) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

function transaction(simulator: Simulator, row: Movement): object {
  return {
    mId: MERCHANT_ID,
    transactionKey: row.transaction_key,
    paymentKey: row.payment_key,
    orderId: row.order_id,
    method: row.method,
    customerKey: row.customer_key,
    useEscrow: false,
    receiptUrl: receiptUrl(row.payment_key, row.method === '가상계좌'),
    status: row.status,
    transactionAt: koreanTime(row.at),
    currency: row.currency,
    amount: amountOf(simulator, row),
  };
}

/**
 * The amount of a cancel is positive (captured, live: a virtual account that was cancelled before its deposit shows the
 * amount of the order, although nothing was paid). For other cancels and for reversed deposits the sign is UNVERIFIED.
 */
function amountOf({ store }: Simulator, row: Movement): number {
  const isCancel = row.status === 'CANCELED' || row.status === 'PARTIAL_CANCELED';
  if (!isCancel) return row.taken;
  return row.returned || (store.paymentByKey(row.payment_key)?.payment.totalAmount ?? 0);
}
