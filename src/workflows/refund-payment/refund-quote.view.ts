import { z } from 'zod';
import type { RefundQuote } from './refund-quotes.ts';

export const refundQuoteView = z
  .object({
    orderId: z.string(),
    refundableAmount: z.int().describe('won that can still be refunded'),
    windowEndsAt: z.iso.datetime().nullable().describe('null: nothing was paid yet'),
    windowOpen: z.boolean().describe('false: only an admin may refund, with overrideWindow'),
    beforeDeposit: z.boolean().describe('a virtual account without a deposit: it is closed, and no money moves'),
    refundAccountRequired: z.boolean(),
    refusal: z
      .enum(['PAYMENT_NOT_REFUNDABLE', 'REFUND_WINDOW_CLOSED'])
      .nullable()
      .describe('what POST /v1/refunds would answer'),
    effect: z.object({
      kind: z.enum(['none', 'voids_period', 'ends_subscription', 'takes_gift']),
      subscriptionId: z.uuid().nullable(),
      endDate: z.iso.datetime().nullable().describe("the subscription's end after it"),
    }),
  })
  .meta({ id: 'RefundQuote' });

export function viewRefundQuote(quote: RefundQuote): z.infer<typeof refundQuoteView> {
  const { orderId, refundableAmount, windowOpen, beforeDeposit, accountRequired, refusal, effect } = quote;
  return {
    orderId,
    refundableAmount,
    windowOpen,
    beforeDeposit,
    refusal,
    windowEndsAt: quote.windowEndsAt?.toISOString() ?? null,
    refundAccountRequired: accountRequired,
    effect: { ...effect, endDate: effect.endDate?.toISOString() ?? null },
  };
}
