import { z } from 'zod';
import { type IncomingWebhook, IncomingWebhookStatus } from '../platform/database/index.ts';

export const webhookEventView = z
  .object({
    id: z.uuid(),
    type: z.string(),
    data: z
      .unknown()
      .describe('of the body what may be shown; the rest is masked. null: only type, time and hash are kept'),
    bodyHash: z.string().nullable().describe('SHA-256 of the body, in hex'),
    processed: z.boolean().describe('done, whether there was anything to do or not'),
    status: z.enum(IncomingWebhookStatus),
    note: z.string().nullable().describe('what came of the latest try'),
    orderId: z.string().nullable(),
    paymentKey: z.string().nullable(),
    transmissionId: z.string(),
    retriedCount: z.int(),
    attempts: z.int(),
    createdAt: z.iso.datetime(),
    processedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'WebhookEvent' });

export function viewWebhookEvent(event: IncomingWebhook): z.infer<typeof webhookEventView> {
  const {
    id,
    type,
    data,
    bodyHash,
    status,
    note,
    orderId,
    providerRef,
    transmissionId,
    retriedCount,
    attempts,
    createdAt,
    processedAt,
  } = event;
  return {
    id,
    type,
    data,
    bodyHash,
    processed: processedAt !== null,
    status,
    note,
    orderId,
    paymentKey: providerRef,
    transmissionId,
    retriedCount,
    attempts,
    createdAt: createdAt.toISOString(),
    processedAt: processedAt?.toISOString() ?? null,
  };
}
