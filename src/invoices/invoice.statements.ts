import { type InvoiceLineKind, statement, t, type Types } from '../platform/database/index.ts';
import { columnOf } from '../platform/database/column-types.ts';
import { invoiceColumns } from './invoice.columns.ts';

export const lineColumns = {
  orderId: t.text,
  position: t.int,
  kind: t.oneOf<InvoiceLineKind>('InvoiceLineKind'),
  amount: t.int,
  startsAt: t.nullable(t.instant),
  endsAt: t.nullable(t.instant),
};

const list = (columns: Types): string => Object.keys(columns).map(columnOf).join(', ');

/** An invoice with its lines. */
export const INSERT = statement('invoices.insert', {
  params: { invoices: t.rows(invoiceColumns), lines: t.rows(lineColumns) },
  row: { invoice: t.row(invoiceColumns) },
  sql: `
    WITH made AS (
      INSERT INTO invoice (${list(invoiceColumns)})
      SELECT order_id, user_id, status, plan_id, price_id, order_name, currency, amount, duration_months,
        balance_used, change, subscription_id, due_at, consent_id, expires_at, paid_at, created_at
      FROM jsonb_to_recordset(:invoices::jsonb) AS given (order_id text, user_id text, status "InvoiceStatus",
        plan_id int4, price_id int4, order_name text, currency text, amount int4, duration_months int4,
        balance_used int4, change jsonb, subscription_id uuid, due_at timestamptz, consent_id uuid,
        expires_at timestamptz, paid_at timestamptz, created_at timestamptz)
      RETURNING *
    ), explained AS (
      INSERT INTO invoice_line (${list(lineColumns)})
      SELECT order_id, position, kind, amount, starts_at, ends_at
      FROM jsonb_to_recordset(:lines::jsonb) AS line (order_id text, position int4, kind "InvoiceLineKind", amount int4,
        starts_at timestamptz, ends_at timestamptz)
    )
    SELECT to_jsonb(made) AS invoice FROM made`,
});

/** A draft is withdrawn, unless it is being paid. */
export const DISCARD = statement('invoices.discard', {
  params: { orderId: t.text, userId: t.text },
  row: { orderId: t.text },
  sql: `
    UPDATE invoice SET status = 'VOID' WHERE order_id = :orderId AND user_id = :userId AND status = 'DRAFT'
      AND NOT EXISTS (SELECT FROM payment WHERE payment.order_id = invoice.order_id AND payment.status = 'PENDING')
    RETURNING order_id`,
});

/** Drafts that expired long ago and are not being paid. */
export const LAPSE_DRAFTS = statement('invoices.lapse_drafts', {
  params: { before: t.instant, limit: t.int },
  row: { orderId: t.text },
  sql: `
    UPDATE invoice SET status = 'VOID' WHERE order_id = ANY(ARRAY(
      SELECT order_id FROM invoice WHERE status = 'DRAFT' AND expires_at < :before::timestamptz
        AND NOT EXISTS (SELECT FROM payment WHERE payment.order_id = invoice.order_id AND payment.status = 'PENDING')
      ORDER BY expires_at LIMIT :limit::int FOR UPDATE SKIP LOCKED))
    RETURNING order_id`,
});

/** Declined renewals that are not charged again. */
export const LAPSE = statement('invoices.lapse', {
  params: { orderIds: t.list(t.text) },
  row: { orderId: t.text },
  sql: `
    UPDATE invoice SET status = 'VOID' WHERE order_id = ANY(:orderIds) AND status = 'PAST_DUE' RETURNING order_id`,
});

/** Renewals that were declined, and whose period was paid for otherwise, or whose subscription has ended. */
export const LAPSE_PAST_DUE = statement('invoices.lapse_past_due', {
  params: { limit: t.int },
  row: { orderId: t.text },
  sql: `
    UPDATE invoice SET status = 'VOID' WHERE order_id = ANY(ARRAY(
      SELECT order_id FROM invoice JOIN subscription ON subscription.id = invoice.subscription_id
      WHERE invoice.status = 'PAST_DUE' AND (NOT subscription.is_active OR subscription.end_date <> invoice.due_at)
      LIMIT :limit::int FOR UPDATE OF invoice SKIP LOCKED))
    RETURNING order_id`,
});
