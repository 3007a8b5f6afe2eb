import { z } from 'zod';
import { PaymentStatus } from '../platform/database/index.ts';

/** A Date in the program, and ISO 8601 in UTC with milliseconds in what is sent. */
const instant = z.codec(z.iso.datetime({ precision: 3 }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
const won = z.int();
const id = z.string();

const payment = z.strictObject({
  planId: z.int(),
  orderName: z.string(),
  amount: won,
  refundedAmount: won,
  currency: z.string(),
  status: z.enum(PaymentStatus),
  method: z.string().nullable(),
  approvedAt: instant.nullable(),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  createdAt: instant,
});
const bought = z.strictObject({ planId: z.int(), startsAt: instant, endsAt: instant, price: won });
/** What a refund or a reversal took away. */
const revoked = z.strictObject({
  planId: z.int(),
  startDate: instant,
  endDate: instant,
  reason: z.enum(['refund', 'reversal']),
});
const ending = z.strictObject({ planId: z.int(), endDate: instant });
const change = z.strictObject({ planId: z.int(), nextPlanId: z.int().nullable(), effectiveAt: instant });
const declinedRenewal = z.strictObject({
  planId: z.int(),
  amount: won,
  dueAt: instant,
  code: z.string(),
  reason: z.string(),
  nextChargeAt: instant.nullable(),
  graceUntil: instant.nullable(),
});

/**
 * Every outgoing event, and what it carries besides the ids. No secrets, no payment key, no card number.
 * docs/messages.md documents them for receivers.
 */
export const EVENTS = {
  'payment.succeeded': payment,
  'payment.failed': payment,
  'payment.refunded': payment.extend({ refunded: won }),
  'payment.reversed': payment,
  'subscription.activated': bought,
  'subscription.extended': bought,
  'subscription.changed': z.union([
    bought.extend({ credit: won, leftOver: won }),
    revoked,
    z.strictObject({ planId: z.int() }),
  ]),
  'subscription.change_scheduled': change,
  'subscription.change_withdrawn': change,
  'subscription.canceled': ending,
  'subscription.resumed': ending,
  'subscription.expired': z.union([ending, revoked]),
  'subscription.renewal_upcoming': z.strictObject({
    planId: z.int(),
    amount: won,
    price: won,
    chargeAt: instant,
    billingKeyId: id,
    card: z.strictObject({ issuerCode: z.string().nullable(), lastDigits: z.string() }),
    consentRequired: z.boolean(),
  }),
  'subscription.past_due': declinedRenewal,
  'subscription.card_needed': declinedRenewal,
  'subscription.card_changed': z.strictObject({ billingKeyId: id }),
  'subscription.card_removed': z.strictObject({ endDate: instant }),
  'subscription.consent_missing': z.strictObject({ planId: z.int(), price: won, endDate: instant }),
};

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

/** What happened, in the words of the program. */
export type NewEvent = {
  [Type in EventType]: {
    type: Type;
    userId: string;
    /** Events about one subscription are delivered in order, */
    subscriptionId?: string | null;
    /** and those about one payment too. */
    orderId?: string | null;
    data: z.output<(typeof EVENTS)[Type]>;
  };
}[EventType];
