import { z } from 'zod';
import type { Caller } from '../auth/index.ts';
import { type Refund, RefundStatus } from '../platform/database/index.ts';
import { REQUESTED_AT_PROVIDER } from './refund.repository.ts';

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
  const isOperator = refund.requestedBy !== REQUESTED_AT_PROVIDER;
  const requestedBy = isOperator && reader.role === 'customer' ? 'operator' : refund.requestedBy;
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
