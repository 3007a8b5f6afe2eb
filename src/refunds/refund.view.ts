import { z } from 'zod';
import type { Caller } from '../auth/index.ts';
import { type Refund, RefundStatus } from '../platform/database/index.ts';
import { REQUESTED_AT_TOSS } from './refund-books.ts';
import type { RefundQuote } from './refunds.service.ts';

const account = z.object({ bank: z.string(), accountNumber: z.string(), holderName: z.string() });

export const refundView = z
  .object({
    id: z.uuid(),
    orderId: z.string(),
    amount: z.int().describe('whole won'),
    reason: z.string(),
    status: z.enum(RefundStatus),
    requestedBy: z
      .string()
      .describe("the operator's user id (to a customer: `operator`), or `toss` for a cancel made at Toss"),
    endSubscription: z.boolean(),
    refundReceiveAccount: account.nullable().describe('masked; null: not a virtual account'),
    createdAt: z.iso.datetime(),
    completedAt: z.iso.datetime().nullable(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Refund' });

/** @param reader a customer does not learn which operator it was */
export function viewRefund(refund: Refund, reader: Pick<Caller, 'role'>): z.infer<typeof refundView> {
  const { id, orderId, amount, reason, status, endSubscription } = refund;
  const byToss = refund.requestedBy === REQUESTED_AT_TOSS;
  const requestedBy = byToss || reader.role !== 'customer' ? refund.requestedBy : 'operator';
  return {
    id,
    orderId,
    amount,
    reason,
    status,
    requestedBy,
    endSubscription,
    refundReceiveAccount: refund.maskedAccount as z.infer<typeof account> | null,
    createdAt: refund.createdAt.toISOString(),
    completedAt: refund.completedAt?.toISOString() ?? null,
    failure: refund.failureCode === null ? null : { code: refund.failureCode, message: refund.failureMessage ?? '' },
  };
}

export const refundQuoteView = z
  .object({
    orderId: z.string(),
    refundableAmount: z.int().describe('won that nobody has asked back yet'),
    windowEndsAt: z.iso.datetime().nullable().describe('null: nothing was paid yet'),
    windowOpen: z.boolean().describe('false: only an admin may refund, with overrideWindow'),
    beforeDeposit: z.boolean().describe('a virtual account nobody has paid into: it is closed, and no money moves'),
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
