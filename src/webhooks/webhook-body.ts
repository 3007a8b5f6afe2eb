import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const MASKED = '***';
/** What a reader of the inbox has no business to see. */
const SECRETS = new Set(['secret', 'billingKey', 'accountNumber', 'holderName', 'customerName', 'depositorName', 'customerMobilePhone', 'customerEmail']);
/** Deeper than anything Toss sends; PostgreSQL and we would run out of stack. */
const DEPTH = 20;

const text = (most: number) => z.string().max(most).refine((value) => value.isWellFormed() && !value.includes('\0')).optional().catch(undefined);
const envelope = z.looseObject({
  eventType: text(60),
  // DEPOSIT_CALLBACK is flat and names no type (docs: webhook events).
  orderId: text(64),
  secret: text(200),
  transactionKey: text(64),
  data: z.looseObject({ orderId: text(64), paymentKey: text(200), transactionKey: text(64), billingKey: text(300) }).optional().catch(undefined),
});

export interface WebhookBody {
  type: string;
  orderId: string | null;
  paymentKey: string | null;
}

/** What a body is about. Nothing in it is believed; it only says where to look. */
export function readBody(body: unknown): WebhookBody {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return { type: 'UNKNOWN', orderId: null, paymentKey: null };
  const { eventType, orderId, secret, data } = parsed.data;
  const isDeposit = eventType === undefined && orderId !== undefined && secret !== undefined;
  return { type: eventType ?? (isDeposit ? 'DEPOSIT_CALLBACK' : 'UNKNOWN'), orderId: orderId ?? data?.orderId ?? null, paymentKey: data?.paymentKey ?? null };
}

/** Of a cancel that was made asynchronously. */
export const transactionKeyOf = (body: unknown): string | undefined => envelope.safeParse(body).data?.data?.transactionKey;

/** Of a card that Toss deleted. */
export const billingKeyOf = (body: unknown): string | undefined => envelope.safeParse(body).data?.data?.billingKey;

/** Only Toss and whoever saw the confirm's answer know a payment's secret. */
export function carriesSecret(body: unknown, secret: string | null): boolean {
  const told = envelope.safeParse(body).data?.secret;
  if (!told || !secret) return false;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(told), digest(secret));
}

/** As it may be kept in the open and shown: without secrets, keys and what names a person, and with nothing that PostgreSQL cannot hold. */
export function shown(value: unknown, depth = DEPTH): unknown {
  if (typeof value === 'string') return writable(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return MASKED;
  if (Array.isArray(value)) return value.map((inner) => shown(inner, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [writable(name), SECRETS.has(name) && inner !== null ? MASKED : shown(inner, depth - 1)]));
}

const writable = (text: string): string => text.toWellFormed().replaceAll('\0', '');
