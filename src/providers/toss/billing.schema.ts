import { z } from 'zod';
import { detail, text } from './payment.schema.ts';

/**
 * What we read of a Billing object (docs: reference, Billing object). Before version 2024-06-01 the masked number stood
 * beside the card.
 */
export const billingIssued = z
  .object({
    billingKey: z.string().min(1).max(200),
    customerKey: z.string(),
    method: text,
    card: detail(z.object({ issuerCode: text, number: text, cardType: text, ownerType: text })),
    cardNumber: text,
  })
  .transform(({ card, cardNumber, ...rest }) => ({
    ...rest,
    issuerCode: card?.issuerCode ?? null,
    cardNumber: card?.number ?? cardNumber,
    cardType: card?.cardType ?? null,
    ownerType: card?.ownerType ?? null,
  }));

export type BillingIssued = z.infer<typeof billingIssued>;
