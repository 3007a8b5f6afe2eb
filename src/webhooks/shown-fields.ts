import type { Prisma } from '../platform/database/index.ts';

const MASKED = '***';
/** Fields whose value the console may show: what came, about which payment, with which outcome. */
const SHOWN = new Set([
  'eventType',
  'type',
  'version',
  'orderId',
  'paymentKey',
  'transactionKey',
  'lastTransactionKey',
  'status',
  'cancelStatus',
  'code',
  'method',
  'currency',
  'country',
  'provider',
  'bankCode',
  'issuerCode',
  'acquirerCode',
  'expired',
  'settlementStatus',
  'isPartialCancelable',
  'totalAmount',
  'balanceAmount',
  'suppliedAmount',
  'vat',
  'taxFreeAmount',
  'amount',
  'discountAmount',
  'cancelAmount',
  'refundableAmount',
  'createdAt',
  'requestedAt',
  'approvedAt',
  'canceledAt',
  'dueDate',
]);
/** Fields of fields. */
const OPENED = new Set(['data', 'card', 'virtualAccount', 'transfer', 'easyPay', 'cancels', 'failure']);
/** Of a payment's field's field; Toss sends nothing deeper that is shown. */
const MAX_DEPTH = 4;
const MAX_LENGTH = 200;
/** A name may be data too. */
const NAME = /^\w{1,40}$/;

/**
 * Of a body what may be kept in the open: an allow-list, so that whatever Toss adds tomorrow is masked until it is
 * listed here. Account and card numbers, names, phone and registration numbers, free texts and secrets are masked; what
 * is null is shown as null.
 */
export function shownFields(body: unknown, depth = MAX_DEPTH): Prisma.InputJsonValue {
  if (Array.isArray(body)) return depth === 0 ? MASKED : body.map((item) => shownFields(item, depth - 1));
  if (typeof body !== 'object' || body === null || depth === 0) return MASKED;
  const fields = Object.entries(body).filter(([name]) => NAME.test(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, shownField(name, value, depth - 1)]));
}

function shownField(name: string, value: unknown, depth: number): Prisma.InputJsonValue | null {
  if (value === null) return null;
  if (typeof value === 'object') return OPENED.has(name) ? shownFields(value, depth) : MASKED;
  if (!SHOWN.has(name)) return MASKED;
  if (typeof value === 'string') return value.length > MAX_LENGTH || !isWritable(value) ? MASKED : value;
  return value as number | boolean;
}

/** PostgreSQL can hold neither half a character nor a NUL. */
const isWritable = (value: string) => value.isWellFormed() && !value.includes('\0');
