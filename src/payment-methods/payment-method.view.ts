import { z } from 'zod';
import type { Language } from '../platform/problem.ts';
import { type PaymentMethod, PaymentMethodStatus } from '../platform/database/index.ts';
import { describePaymentMethod } from '../providers/index.ts';

/** A card as it may be shown. */
export const cardView = z.object({
  company: z.string().nullable().describe('what a buyer would call it: 신한카드, ...'),
  issuerCode: z.string().nullable().describe("Toss's two-character code"),
  number: z.string().nullable().describe('masked by Toss'),
  type: z.string().nullable().describe('신용, 체크, 기프트 or 미확인'),
});

export function viewCard(
  {
    method,
    issuerCode,
    cardNumber,
    cardType,
  }: Pick<PaymentMethod, 'method' | 'issuerCode' | 'cardNumber' | 'cardType'>,
  language: Language,
): z.infer<typeof cardView> {
  const company =
    issuerCode === null
      ? null
      : (describePaymentMethod({ method, issuerCode, easyPayProvider: null })?.[language] ?? null);
  return { company, issuerCode, number: cardNumber, type: cardType };
}

export const billingKeyView = z
  .object({
    id: z.uuid(),
    status: z
      .enum(PaymentMethodStatus)
      .describe('`UNKNOWN`: Toss did not answer; send the same authKey again, or register the card again'),
    method: z.string().nullable().describe("Toss's word: 카드"),
    card: cardView,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'BillingKey' });

export function viewBillingKey(key: PaymentMethod, language: Language): z.infer<typeof billingKeyView> {
  return {
    id: key.id,
    status: key.status,
    method: key.method,
    card: viewCard(key, language),
    createdAt: key.createdAt.toISOString(),
  };
}
