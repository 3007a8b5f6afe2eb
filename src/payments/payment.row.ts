import { createHash } from 'node:crypto';
import {
  type Payment,
  type Plan,
  Prisma,
  type Refund,
  type Sql,
  sql,
  type Subscription,
} from '../platform/database/index.ts';
import type { Pair, TossPayment } from '../providers/toss/index.ts';

/** A payment with its plan as it is today, and what was given back of it. Without `refunds` there can be none yet. */
export type PaymentWithPlan = Payment & { plan: Plan; refunds?: Pick<Refund, 'amount' | 'status' | 'createdAt'>[] };

/** What a read of a payment includes. */
export const withPlan = {
  plan: true,
  refunds: { select: { amount: true, status: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
} satisfies Prisma.PaymentInclude;

/** One asking of Toss: everything needed to ask again in the same words. */
export interface Asked {
  payment: PaymentWithPlan;
  number: number;
  /** null: a charge that Toss has not answered; it makes the key */
  paymentKey: string | null;
  /** The card on file that is charged. null: the buyer authenticated, and Toss is asked to confirm */
  cardId: string | null;
  idempotencyKey: string;
  requestedAt: Date;
  /** Its outcome was written down, if only as unknown: nobody is waiting for the answer any more. */
  answered: boolean;
  /** The buyer's live subscription as it was when this was read; a grant that finds it changed reads again. */
  live: Subscription | null;
}

/** A payment row under the names of the model, for raw statements. */
export function paymentColumns(from: Sql): Sql {
  return sql`
    ${from}.order_id AS "orderId", ${from}.user_id AS "userId", ${from}.plan_id AS "planId", ${from}.order_name AS "orderName",
    ${from}.amount, ${from}.refunded_amount AS "refundedAmount", ${from}.currency, ${from}.duration_months AS "durationMonths",
    ${from}.balance_used AS "balanceUsed", ${from}.change, ${from}.payment_method_id AS "paymentMethodId", ${from}.subscription_id AS "subscriptionId",
    ${from}.due_at AS "dueAt", ${from}.consent_id AS "consentId", ${from}.status, ${from}.payment_key AS "paymentKey", ${from}.attempt_count AS "attemptCount", ${from}.method,
    ${from}.issuer_code AS "issuerCode", ${from}.easy_pay_provider AS "easyPayProvider", ${from}.card_number AS "cardNumber",
    ${from}.mobile_phone AS "mobilePhone",
    ${from}.virtual_account AS "virtualAccount", ${from}.deposit_secret_hash AS "depositSecretHash",
    ${from}.receipt_url AS "receiptUrl", ${from}.approved_at AS "approvedAt",
    ${from}.failure_code AS "failureCode", ${from}.failure_message AS "failureMessage", ${from}.polled_at AS "polledAt",
    ${from}.next_poll_at AS "nextPollAt", ${from}.stopped_at AS "stoppedAt", ${from}.refund_if_taken AS "refundIfTaken", ${from}.reversal_count AS "reversalCount", ${from}.reversed_at AS "reversedAt", ${from}.created_at AS "createdAt"`;
}

/** A whole row as JSON, or NULL where the join found none; read it with {@link fromJson}. */
export const planJson = sql`to_jsonb(plan)`;
export const liveJson = sql`to_jsonb(live)`;

/** A row as PostgreSQL writes it: names of columns, instants as text. */
type Json = Record<string, unknown>;

const INSTANT = /(At|Date|Since|Until|For)$/;

/** A row under the names of the model. Every column of the table is there, so that none can be forgotten here. */
function fromJson<Row>(json: Json): Row {
  const entries = Object.entries(json).map(([column, value]) => {
    const name = column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return [name, INSTANT.test(name) && typeof value === 'string' ? new Date(value) : value];
  });
  return Object.fromEntries(entries) as Row;
}

export type AskedRow = Payment & {
  plan: Json;
  live: Json | null;
  requestedAt: Date;
  idempotencyKey: string;
  askedNumber: number;
  askedKey: string | null;
  askedCardId: string | null;
  answered: boolean;
};

/** One asking under the names of the model. */
export const askedColumns = sql`
  asked.requested_at AS "requestedAt", asked.idempotency_key AS "idempotencyKey", asked.number AS "askedNumber", asked.payment_key AS "askedKey", asked.payment_method_id AS "askedCardId",
  asked.outcome IS NOT NULL AS answered`;

export function askedFrom({
  live,
  plan,
  requestedAt,
  idempotencyKey,
  askedNumber,
  askedKey,
  askedCardId,
  answered,
  ...payment
}: AskedRow): Asked {
  return {
    payment: { ...payment, plan: fromJson<Plan>(plan) },
    number: askedNumber,
    paymentKey: askedKey,
    cardId: askedCardId,
    idempotencyKey,
    requestedAt,
    answered,
    live: live && fromJson<Subscription>(live),
  };
}

/** The keys that Toss knows the payment by. */
export const pairOf = ({ paymentMethodId }: Pick<Payment, 'paymentMethodId'>): Pair =>
  paymentMethodId === null ? 'main' : 'billing';

/** Fits a text of Toss's into its column. */
export const cut = (text: string, length: number): string => text.slice(0, length);

/** Where a buyer pays who chose a virtual account. */
export interface VirtualAccount {
  bankCode: string | null;
  accountNumber: string;
  customerName: string | null;
  /** ISO 8601 with Toss's offset. */
  dueDate: string | null;
}

/** The columns of a payment that only Toss can fill. */
export function whatTossTold(toss: TossPayment) {
  const account = toss.virtualAccount;
  const virtualAccount: VirtualAccount | null = account
    ? {
        bankCode: account.bankCode,
        accountNumber: account.accountNumber,
        customerName: account.customerName,
        dueDate: account.dueDate,
      }
    : null;
  return {
    method: toss.method,
    issuerCode: toss.card?.issuerCode ?? toss.transfer?.bankCode ?? account?.bankCode ?? null,
    easyPayProvider: toss.easyPay?.provider ?? null,
    cardNumber: toss.card?.number ?? null,
    mobilePhone: toss.mobilePhone?.number ?? null,
    virtualAccount: virtualAccount as Prisma.JsonObject | null,
    depositSecretHash: account && toss.secret !== null ? createHash('sha256').update(toss.secret).digest('hex') : null,
    receiptUrl: toss.receipt?.url ?? null,
  };
}

/** An UPDATE's assignments for what Toss told. */
export function toldColumns(told: Pick<Payment, keyof ReturnType<typeof whatTossTold>>): Sql {
  return sql`
    method = ${told.method && cut(told.method, 30)}, issuer_code = ${told.issuerCode && cut(told.issuerCode, 4)}, easy_pay_provider = ${told.easyPayProvider && cut(told.easyPayProvider, 30)},
    card_number = ${told.cardNumber && cut(told.cardNumber, 30)}, virtual_account = ${told.virtualAccount && JSON.stringify(told.virtualAccount)}::jsonb,
    deposit_secret_hash = COALESCE(${told.depositSecretHash}, deposit_secret_hash),
    mobile_phone = ${told.mobilePhone}, receipt_url = ${told.receiptUrl && cut(told.receiptUrl, 500)}`;
}
