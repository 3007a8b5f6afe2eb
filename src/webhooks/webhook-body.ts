import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const MASKED = '***';
/** What a reader of the inbox has no business to see. */
const SECRETS = new Set(['secret', 'billingKey']);

const text = (most: number) => z.string().max(most).optional().catch(undefined);
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

/** Only Toss and whoever saw the confirm's answer know a payment's secret. */
export function carriesSecret(body: unknown, secret: string | null): boolean {
  const told = envelope.safeParse(body).data?.secret;
  if (!told || !secret) return false;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(told), digest(secret));
}

/** As it may be shown: secrets and keys left out, however deep. */
export function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, SECRETS.has(name) && inner !== null ? MASKED : shown(inner)]));
}
