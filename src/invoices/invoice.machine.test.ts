import { describe, expect, it } from '@jest/globals';
import { PaymentStatus } from '../platform/database/index.ts';
import { INVOICE_STATUSES, invoiceAfter, type InvoiceEvent, nextInvoiceStatus } from './invoice.machine.ts';

const EVENTS: InvoiceEvent[] = ['charged', 'deposit_awaited', 'paid', 'declined', 'failed', 'lapsed', 'undone'];

describe('an invoice', () => {
  it.each([
    ['DRAFT', ['DRAFT', 'OPEN', 'PAID', 'DRAFT', 'DRAFT', 'VOID', 'VOID']],
    ['OPEN', ['OPEN', 'OPEN', 'PAID', 'PAST_DUE', 'VOID', 'VOID', 'VOID']],
    ['PAST_DUE', ['OPEN', 'PAST_DUE', 'PAID', 'PAST_DUE', 'VOID', 'VOID', 'VOID']],
    ['PAID', ['PAID', 'OPEN', 'PAID', 'PAID', 'PAID', 'PAID', 'VOID']],
    ['VOID', ['OPEN', 'OPEN', 'PAID', 'VOID', 'VOID', 'VOID', 'VOID']],
  ] as const)('that is %s becomes what the event says, and else stays', (status, after) => {
    expect(EVENTS.map((event) => nextInvoiceStatus(status, event))).toEqual(after);
  });

  it.each([
    ['PENDING', ['DRAFT', 'OPEN', 'OPEN', 'PAID', 'OPEN']],
    ['WAITING_FOR_DEPOSIT', ['OPEN', 'OPEN', 'PAST_DUE', 'OPEN', 'OPEN']],
    ['SUCCESS', ['PAID', 'PAID', 'PAID', 'PAID', 'PAID']],
    ['PARTIALLY_REFUNDED', ['PAID', 'PAID', 'PAID', 'PAID', 'PAID']],
    ['REFUNDED', ['VOID', 'VOID', 'VOID', 'VOID', 'VOID']],
    ['FAILED', ['DRAFT', 'VOID', 'VOID', 'PAID', 'VOID']],
    ['EXPIRED', ['VOID', 'VOID', 'VOID', 'PAID', 'VOID']],
  ] as const)('follows its payment when that is %s', (payment, after) => {
    expect(INVOICE_STATUSES.map((status) => invoiceAfter(status, payment))).toEqual(after);
    expect(Object.keys(PaymentStatus)).toContain(payment);
  });
});
