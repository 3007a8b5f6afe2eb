/**
 * Owns: what is owed and why: one invoice per order, with its lines. A temp order is a draft with an expiry.
 * Does not own: what it costs (pricing), its payment (payments), nor what it grants (subscriptions, events).
 * Always true: the lines of an invoice add up to its amount, and neither changes; of a subscription, one invoice per
 * period is being collected or is paid.
 */
export { invoiceColumns, lineColumns } from './invoice.columns.ts';
export { InvoiceRepository, type InvoiceWithPlan } from './invoice.repository.ts';
export { type Draft, DraftRepository } from './draft.repository.ts';
export { invoiceAfter, nextInvoiceStatus } from './invoice.machine.ts';
export { InvoicesModule } from './invoices.module.ts';
export { linesOf } from './invoice-lines.ts';
