import { z } from 'zod';
import type { WebhookHint, WebhookSubject } from '../provider.port.ts';
import { stateOf } from './from-toss.ts';

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
  status: text(60),
  data: z
    .looseObject({
      ...{ orderId: text(64), paymentKey: text(200), transactionKey: text(64), billingKey: text(300) },
      ...{ status: text(60), balanceAmount: z.number().optional().catch(undefined) },
    })
    .optional()
    .catch(undefined),
});

const SUBJECTS: Record<string, WebhookSubject> = {
  PAYMENT_STATUS_CHANGED: 'payment',
  DEPOSIT_CALLBACK: 'deposit',
  // Of a cancel that was made asynchronously.
  CANCEL_STATUS_CHANGED: 'refund',
  BILLING_DELETED: 'payment_method',
};

/** Reads a parsed body of any shape. null: no object at all */
export function parseWebhook(body: unknown): WebhookHint | null {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return null;
  const { eventType, orderId, secret, status, data } = parsed.data;
  const isDeposit = eventType === undefined && orderId !== undefined && secret !== undefined;
  const type = eventType ?? (isDeposit ? 'DEPOSIT_CALLBACK' : 'UNKNOWN');
  const about = Object.hasOwn(SUBJECTS, type) ? SUBJECTS[type]! : 'other';
  const isPayment = about === 'payment' || about === 'deposit';
  return {
    about,
    type,
    orderId: orderId ?? data?.orderId ?? null,
    providerRef: data?.paymentKey ?? null,
    refundRef: data?.transactionKey ?? null,
    deletedMethod: data?.billingKey ?? null,
    depositSecret: secret ?? null,
    state: isPayment ? stateOf(status ?? data?.status ?? '') : null,
    balance: isPayment ? (data?.balanceAmount ?? null) : null,
  };
}
