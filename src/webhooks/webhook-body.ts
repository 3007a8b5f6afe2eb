import { createHash } from 'node:crypto';
import { z } from 'zod';

const writable = (value: string) => value.isWellFormed() && !value.includes('\0');
const text = (most: number) => z.string().max(most).refine(writable).optional().catch(undefined);
const envelope = z.looseObject({
  eventType: z
    .string()
    .regex(/^[\w.-]{1,60}$/)
    .optional()
    .catch(undefined),
  // DEPOSIT_CALLBACK is flat and names no type (docs: webhook events).
  orderId: text(64),
  secret: text(200),
  data: z
    .looseObject({ orderId: text(64), paymentKey: text(200), transactionKey: text(64), billingKey: text(300) })
    .optional()
    .catch(undefined),
});

/** What a body is about. Nothing in it is believed; it only says what to retrieve. */
export interface WebhookBody {
  type: string;
  orderId: string | null;
  paymentKey: string | null;
  /** Of a cancel that was made asynchronously. */
  transactionKey: string | null;
  /** Of a card that Toss deleted. */
  billingKey: string | null;
  /** Of a deposit: only Toss, and the program that was answered the account, know it. */
  secret: string | null;
}

/** Reads a parsed body of any shape. */
export function readBody(body: unknown): WebhookBody {
  const { eventType, orderId, secret, data } = envelope.safeParse(body).data ?? {};
  const isDeposit = eventType === undefined && orderId !== undefined && secret !== undefined;
  return {
    type: eventType ?? (isDeposit ? 'DEPOSIT_CALLBACK' : 'UNKNOWN'),
    orderId: orderId ?? data?.orderId ?? null,
    paymentKey: data?.paymentKey ?? null,
    transactionKey: data?.transactionKey ?? null,
    billingKey: data?.billingKey ?? null,
    secret: secret ?? null,
  };
}

/** SHA-256, in hex. */
export const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');
