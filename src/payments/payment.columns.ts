import {
  type AttemptOutcome,
  type Payment,
  type PaymentAttempt,
  type PaymentStatus,
  type Prisma,
  t,
  type Type,
} from '../platform/database/index.ts';

import type { Display } from './display.ts';

/** Of a row of `payment`, what it was paid with: see {@link Display}. */
export const displayColumns = {
  method: t.nullable(t.text),
  issuerCode: t.nullable(t.text),
  easyPayProvider: t.nullable(t.text),
  cardNumber: t.nullable(t.text),
  mobilePhone: t.nullable(t.text),
  virtualAccount: t.nullable(t.json<Prisma.JsonValue>()),
  depositSecretHash: t.nullable(t.text),
  receiptUrl: t.nullable(t.text),
} satisfies { [Name in keyof Display]: Type<Payment[Name]> };

/** The columns of a row of `payment`, for declared statements. */
export const paymentColumns = {
  orderId: t.text,
  userId: t.text,
  amount: t.int,
  refundedAmount: t.int,
  currency: t.text,
  paymentMethodId: t.nullable(t.uuid),
  status: t.oneOf<PaymentStatus>('PaymentStatus'),
  providerRef: t.nullable(t.text),
  provider: t.nullable(t.text),
  merchantAccount: t.nullable(t.text),
  attemptCount: t.int,
  ...displayColumns,
  approvedAt: t.nullable(t.instant),
  failureCode: t.nullable(t.text),
  failureMessage: t.nullable(t.text),
  polledAt: t.nullable(t.instant),
  nextPollAt: t.nullable(t.instant),
  stoppedAt: t.nullable(t.instant),
  refundIfTaken: t.bool,
  reversalCount: t.int,
  reversedAt: t.nullable(t.instant),
  createdAt: t.instant,
} satisfies { [Name in keyof Payment]: Type<Payment[Name]> };

/** The columns of a row of `payment_attempt`. */
export const attemptColumns = {
  orderId: t.text,
  number: t.int,
  providerRef: t.nullable(t.text),
  provider: t.nullable(t.text),
  merchantAccount: t.nullable(t.text),
  paymentMethodId: t.nullable(t.uuid),
  idempotencyKey: t.nullable(t.text),
  outcome: t.nullable(t.oneOf<AttemptOutcome>('AttemptOutcome')),
  code: t.nullable(t.text),
  message: t.nullable(t.text),
  method: t.nullable(t.text),
  issuerCode: t.nullable(t.text),
  plannedAt: t.nullable(t.instant),
  requestId: t.nullable(t.text),
  requestedAt: t.instant,
  answeredAt: t.nullable(t.instant),
} satisfies { [Name in keyof PaymentAttempt]: Type<PaymentAttempt[Name]> };
