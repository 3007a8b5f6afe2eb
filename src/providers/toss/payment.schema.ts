import { z } from 'zod';

export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const instant = text.transform((value) => {
  const date = value === null ? null : new Date(value);
  return date && !Number.isNaN(date.getTime()) ? date : null;
});

/** No decision about money rests on it: in another shape (older versions had some as strings) it counts as absent. */
export const detail = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** A link that is shown to buyers: no other scheme than https, which keeps scripts out. */
const httpsUrl = text.transform((value) => {
  const isLink = value !== null && URL.canParse(value) && new URL(value).protocol === 'https:';
  return isLink ? value : null;
});

/** Whether Toss masks the number is not documented: it is masked here, so that the whole number is stored nowhere. */
const mobilePhone = z
  .object({ customerMobilePhone: text })
  .transform(({ customerMobilePhone: given }) => ({ number: given && maskedPhone(given.replaceAll(/[\s-]/g, '')) }));

/** `010****1234`; of a number in another form, the last four characters. */
const maskedPhone = (number: string): string =>
  /^\d{3}[\d*]{3,}$/.test(number) ? `${number.slice(0, 3)}****${number.slice(-4)}` : `****${number.slice(-4)}`;

export const tossStatus = z.enum([
  'READY',
  'IN_PROGRESS',
  'WAITING_FOR_DEPOSIT',
  'DONE',
  'CANCELED',
  'PARTIAL_CANCELED',
  'ABORTED',
  'EXPIRED',
]);

const cancel = z.object({
  transactionKey: z.string(),
  cancelAmount: z.number(),
  cancelReason: text,
  canceledAt: instant,
  /** IN_PROGRESS and ABORTED exist for asynchronous foreign methods only. */
  cancelStatus: text,
});

/**
 * What we read of a Payment, version 2022-11-16 and 2024-06-01 (docs: reference, Payment object). Tolerant: Toss adds
 * fields and values without notice and leaves out what it does not know, so missing and null are alike, and only what a
 * decision about money rests on must be there.
 */
export const tossPayment = z.object({
  paymentKey: z.string(),
  orderId: z.string(),
  status: tossStatus,
  totalAmount: z.number(),
  balanceAmount: z
    .number()
    .nullish()
    .transform((value) => value ?? null),
  currency: text,
  method: text,
  approvedAt: instant,
  lastTransactionKey: text,
  secret: text,
  card: detail(z.object({ issuerCode: text, number: text })),
  easyPay: detail(z.object({ provider: text })),
  transfer: detail(z.object({ bankCode: text })),
  virtualAccount: detail(
    z.object({
      accountNumber: z.string(),
      bankCode: text,
      customerName: text,
      dueDate: text,
      expired: z.boolean().nullish(),
    }),
  ),
  mobilePhone: detail(mobilePhone),
  receipt: detail(z.object({ url: httpsUrl })),
  failure: detail(z.object({ code: z.string(), message: text })),
  cancels: z
    .array(cancel)
    .nullish()
    .transform((value) => value ?? []),
});

export type TossPayment = z.infer<typeof tossPayment>;

/** One movement of money, or of none: what was taken, what went back (docs: reference, transactions). */
export const tossTransaction = z.object({
  transactionKey: z.string(),
  paymentKey: z.string(),
  orderId: z.string(),
  status: z.string(),
  transactionAt: z
    .string()
    .transform((value) => new Date(value))
    .refine((date) => !Number.isNaN(date.getTime())),
  /** In won. Whether a cancel's is negative is not documented. */
  amount: z.number(),
});

export type TossTransaction = z.infer<typeof tossTransaction>;

export const tossError = z.object({ code: z.string().max(100), message: z.string().default('') });

export type TossError = z.infer<typeof tossError>;
