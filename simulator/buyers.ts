import { z } from 'zod';
import { ORDER_ID } from './confirm.ts';
import { newPaymentKey } from './identifiers.ts';
import { bankCodeOf, easyPayName } from './organisations.ts';
import { CONFIRM_MS, newPayment, WINDOW_MS, type PaymentRecord } from './payment.ts';
import type { Choice } from './payment-method.ts';
import type { Simulator } from './simulator.ts';

const METHODS = ['카드', '간편결제', '계좌이체', '휴대폰', '가상계좌'] as const;

/** How a buyer pays, for the window and the control plane. */
export const choiceSchema = z.object({
  method: z.enum(METHODS).default('카드'),
  easyPayProvider: z.string().transform(easyPayName).optional(),
  issuerCode: z.string().optional(),
  bankCode: z
    .string()
    .refine((bank) => bankCodeOf(bank) !== undefined, 'no such bank')
    .transform((bank) => bankCodeOf(bank) ?? bank)
    .optional(),
  customerName: z.string().max(100).optional(),
  customerMobilePhone: z
    .string()
    .regex(/^\d{8,15}$/)
    .optional(),
  validHours: z.number().int().positive().max(2160).optional(),
});

/** A card or a bank account that a buyer registers for later charges. */
export const registrationSchema = z.object({
  method: z.enum(['CARD', 'TRANSFER']).default('CARD'),
  issuerCode: z.string().optional(),
  bankCode: choiceSchema.shape.bankCode,
});

export function registeredChoice(method: 'CARD' | 'TRANSFER', issuerCode?: string, bankCode?: string): Choice {
  if (method === 'TRANSFER') return { method: '계좌이체', ...(bankCode && { bankCode }) };
  return { method: '카드', ...(issuerCode && { issuerCode }) };
}

/** The order a payment is opened for: 6 to 64 characters, a name up to 100 (docs: core API reference). */
export const orderSchema = z.object({
  orderId: z.string().regex(ORDER_ID),
  amount: z.number().positive(),
  orderName: z.string().min(1).max(100).default('시뮬레이터 주문'),
  customerKey: z.string().max(300).nullish(),
});

export const buyerSchema = orderSchema.extend(choiceSchema.shape).extend({
  authenticated: z.boolean().default(true),
  paymentKey: z.string().min(1).max(200).optional(),
});

export type Buyer = z.infer<typeof buyerSchema>;

/** A buyer has opened the window (READY) or authenticated in it (IN_PROGRESS). Neither moves money. */
export function openPayment(
  simulator: Simulator,
  buyer: Buyer & { clientKey?: string; metadata?: Record<string, string> | null; taxFreeAmount?: number },
): PaymentRecord {
  const now = simulator.clock.now();
  const { orderId, orderName, amount, authenticated, metadata, taxFreeAmount = 0 } = buyer;
  const paymentKey = buyer.paymentKey ?? newPaymentKey(now);
  const status = authenticated ? 'IN_PROGRESS' : 'READY';
  const record: PaymentRecord = {
    payment: newPayment(
      { paymentKey, orderId, orderName, amount, metadata: metadata ?? null, taxFreeAmount },
      status,
      now,
    ),
    particulars: {
      choice: choiceOf(buyer),
      customerKey: buyer.customerKey ?? null,
      clientKey: buyer.clientKey ?? null,
      lastCancelAt: null,
    },
    expiresAt: now + (authenticated ? CONFIRM_MS : WINDOW_MS),
  };
  simulator.store.insertPayment(record);
  return record;
}

export function choiceOf(chosen: z.infer<typeof choiceSchema>): Choice {
  const { method, easyPayProvider, issuerCode, bankCode, customerName, customerMobilePhone, validHours } = chosen;
  return {
    method,
    ...(easyPayProvider !== undefined && { easyPayProvider }),
    ...(issuerCode !== undefined && { issuerCode }),
    ...(bankCode !== undefined && { bankCode }),
    ...(customerName !== undefined && { customerName }),
    ...(customerMobilePhone !== undefined && { customerMobilePhone }),
    ...(validHours !== undefined && { validHours }),
  };
}

/** The buyer has authenticated: now the merchant has ten minutes to confirm. */
export function authenticate(simulator: Simulator, record: PaymentRecord, choice: Choice): void {
  record.payment.status = 'IN_PROGRESS';
  record.particulars.choice = choice;
  record.expiresAt = simulator.clock.now() + CONFIRM_MS;
  simulator.store.savePayment(record);
}
