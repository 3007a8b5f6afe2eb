import {
  type Invoice,
  type InvoiceLine,
  type InvoiceLineKind,
  type InvoiceStatus,
  type Prisma,
  t,
  type Type,
} from '../platform/database/index.ts';

/** The columns of a row of `invoice`, for declared statements. */
export const invoiceColumns = {
  orderId: t.text,
  userId: t.text,
  status: t.oneOf<InvoiceStatus>('InvoiceStatus'),
  planId: t.int,
  priceId: t.nullable(t.int),
  orderName: t.text,
  currency: t.text,
  amount: t.int,
  durationMonths: t.nullable(t.int),
  balanceUsed: t.int,
  change: t.nullable(t.json<Prisma.JsonValue>()),
  subscriptionId: t.nullable(t.uuid),
  dueAt: t.nullable(t.instant),
  consentId: t.nullable(t.uuid),
  expiresAt: t.nullable(t.instant),
  paidAt: t.nullable(t.instant),
  createdAt: t.instant,
} satisfies { [Name in keyof Invoice]: Type<Invoice[Name]> };

/** The columns of a row of `invoice_line`. */
export const lineColumns = {
  orderId: t.text,
  position: t.int,
  kind: t.oneOf<InvoiceLineKind>('InvoiceLineKind'),
  amount: t.int,
  startsAt: t.nullable(t.instant),
  endsAt: t.nullable(t.instant),
} satisfies { [Name in keyof InvoiceLine]: Type<InvoiceLine[Name]> };
