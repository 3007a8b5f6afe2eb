import type { InvoiceStatus, PaymentStatus } from '../platform/database/index.ts';

/** What can happen to an invoice. */
export type InvoiceEvent =
  /** Its card is charged, once more. */
  | 'charged'
  | 'deposit_awaited'
  | 'paid'
  /** The charge of a renewal was declined: it stays owed. */
  | 'declined'
  /** It could not be collected, and nothing is owed. */
  | 'failed'
  /** Nobody pays it any more: withdrawn, expired or replaced. */
  | 'lapsed'
  /** All of its money went back. */
  | 'undone';

/** Which event leads from which status to which. What is not here changes nothing. */
const TRANSITIONS = {
  // A declined payment leaves the draft: the buyer may pay it again.
  DRAFT: { deposit_awaited: 'OPEN', paid: 'PAID', lapsed: 'VOID', undone: 'VOID' },
  OPEN: { paid: 'PAID', declined: 'PAST_DUE', failed: 'VOID', lapsed: 'VOID', undone: 'VOID' },
  PAST_DUE: { charged: 'OPEN', paid: 'PAID', failed: 'VOID', lapsed: 'VOID', undone: 'VOID' },
  // The bank reverses a deposit: it is awaited again.
  PAID: { deposit_awaited: 'OPEN', undone: 'VOID' },
  // The provider turns out to have taken the money after all; or the same is charged once more, after what had taken
  // its place was refunded.
  VOID: { charged: 'OPEN', deposit_awaited: 'OPEN', paid: 'PAID' },
} satisfies Record<InvoiceStatus, Partial<Record<InvoiceEvent, InvoiceStatus>>>;

const TABLE: Record<InvoiceStatus, Partial<Record<InvoiceEvent, InvoiceStatus>>> = TRANSITIONS;
export const INVOICE_STATUSES = Object.keys(TABLE) as InvoiceStatus[];

/** What an event makes of an invoice: the same status where it changes nothing. */
export function nextInvoiceStatus(status: InvoiceStatus, event: InvoiceEvent): InvoiceStatus {
  return TABLE[status][event] ?? status;
}

/** What a payment's status means for the invoice that it collects. */
const EVENTS = {
  PENDING: 'charged',
  WAITING_FOR_DEPOSIT: 'deposit_awaited',
  SUCCESS: 'paid',
  PARTIALLY_REFUNDED: 'paid',
  REFUNDED: 'undone',
  FAILED: 'failed',
  EXPIRED: 'lapsed',
} satisfies Record<PaymentStatus, InvoiceEvent>;

/** The status of an invoice once its payment has a status. Pure. */
export function invoiceAfter(invoice: InvoiceStatus, payment: PaymentStatus): InvoiceStatus {
  return nextInvoiceStatus(invoice, EVENTS[payment]);
}
