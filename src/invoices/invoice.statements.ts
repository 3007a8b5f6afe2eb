import { columnList, columnRecord } from '../platform/database/column-types.ts';
import { statement, t } from '../platform/database/index.ts';
import { invoiceColumns, lineColumns } from './invoice.columns.ts';

/** An invoice with its lines. */
export const INSERT = statement('invoices.insert', {
  params: { invoices: t.rows(invoiceColumns), lines: t.rows(lineColumns) },
  row: { invoice: t.row(invoiceColumns) },
  sql: `
    WITH made AS (
      INSERT INTO invoice (${columnList(invoiceColumns)})
      SELECT ${columnList(invoiceColumns)}
      FROM jsonb_to_recordset(:invoices::jsonb) AS given (${columnRecord(invoiceColumns)})
      RETURNING *
    ), explained AS (
      INSERT INTO invoice_line (${columnList(lineColumns)})
      SELECT ${columnList(lineColumns)}
      FROM jsonb_to_recordset(:lines::jsonb) AS line (${columnRecord(lineColumns)})
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
