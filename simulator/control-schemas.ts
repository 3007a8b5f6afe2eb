import { z } from 'zod';
import { FAULT_POINTS, kindsAt, type FaultKind } from './fault-kinds.ts';

/** Finds a payment by order or by payment key. */
export const paymentSchema = z.object({ orderId: z.string().optional(), paymentKey: z.string().optional() });

const kind = z.custom<FaultKind>((value) => typeof value === 'string', 'a kind of fault');

export const faultSchema = paymentSchema
  .extend({
    on: z.enum(FAULT_POINTS),
    kind,
    times: z.number().int().min(0).optional(),
    code: z.string().optional(),
    status: z.number().int().min(400).max(599).optional(),
    delayMs: z.number().int().min(0).optional(),
    wrongAmount: z.number().positive().optional(),
    wrongOrderId: z.string().optional(),
    keepAnswer: z.boolean().optional(),
  })
  .strict()
  .refine((fault) => kindsAt(fault.on).includes(fault.kind), 'this kind does not exist on this call');

export const chaosSchema = z
  .object({
    seed: z.number().int().default(1),
    rate: z.number().min(0).max(1),
    on: z.array(z.enum(FAULT_POINTS)).optional(),
    kinds: z.array(kind).optional(),
    delayMs: z.number().int().min(0).optional(),
  })
  .strict();

export const dashboardCancelSchema = z.object({
  paymentKey: z.string(),
  cancelAmount: z.number().positive().optional(),
  cancelReason: z.string().min(1).max(200).default('상점관리자 취소'),
  refundReceiveAccount: z.object({ bank: z.string(), accountNumber: z.string(), holderName: z.string() }).optional(),
});
