import { z } from 'zod';
import { cardBody, choiceOfCard, refusedCard } from './billing-cards.ts';
import type { BillingKey } from './billing-keys.ts';
import { koreanTime } from './clock.ts';
import { approved, minimumOf } from './confirm.ts';
import { findError, invalidRequest, refusal, success, type ApiResponse, type Language } from './errors.ts';
import { MERCHANT_ID, newBillingKey, newPaymentKey } from './identifiers.ts';
import { cardOf, DEFAULT_BANK, type Choice } from './payment-method.ts';
import { amount as money, numeric } from './numbers.ts';
import { bankNameOf, cardCompanyOf } from './organisations.ts';
import { abort, approve, newPayment, type PaymentRecord } from './payment.ts';
import type { Fault } from './faults.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './operation.ts';

const issueBody = z.object({ authKey: z.string().min(1).max(300), customerKey: z.string().min(1) });
const approveBody = z.object({
  amount: money,
  customerKey: z.string().min(1),
  // Two characters were accepted in a captured body: the minimum of six is not enforced here.
  orderId: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_=-]+$/),
  orderName: z.string().min(1),
  taxFreeAmount: numeric.optional(),
  cardInstallmentPlan: numeric.pipe(z.int().min(0).max(12)).optional(),
});

/** A longer key fails with FAILED_DB_PROCESSING (measured). The narrower rule of the docs is not enforced. */
const MAX_CUSTOMER_KEY = 300;

/** `POST /v1/billing/authorizations/issue`: turns the window's one-time authKey into a billing key (docs: billing). */
export function issueBilling(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/billing/authorizations/issue',
    on: 'issue',
    subject: () => ({}),
    run(call) {
      const parsed = issueBody.safeParse(call.body);
      if (!parsed.success) return refusal('INVALID_REQUEST', call.language);
      const { authKey, customerKey } = parsed.data;
      if (customerKey.length > MAX_CUSTOMER_KEY) return refusal('FAILED_DB_PROCESSING', call.language);
      const choice = simulator.billingKeys.useAuthKey(authKey, customerKey);
      // Unknown, used or another customer's authKey: UNVERIFIED (INVALID_BILLING_AUTH is the other candidate).
      if (!choice) return refusal('NOT_FOUND_BILLING', call.language);
      return issued(simulator, customerKey, choice);
    },
  };
}

/** `POST /v1/billing/authorizations/card`: a billing key for the numbers of a card (docs: billing; measured). */
export function issueBillingByCard(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/billing/authorizations/card',
    on: 'issue',
    subject: () => ({}),
    run({ body, language }) {
      const parsed = cardBody.safeParse(body);
      if (!parsed.success) return invalidRequest(parsed.error, language);
      if (parsed.data.customerKey.length > MAX_CUSTOMER_KEY) return refusal('FAILED_DB_PROCESSING', language);
      const refused = refusedCard(parsed.data, simulator.clock.now(), language);
      return refused ?? issued(simulator, parsed.data.customerKey, choiceOfCard(parsed.data));
    },
  };
}

/** A Billing object of 2022-11-16. Since 2024-06-01 it has no `cardCompany` and `cardNumber` (docs: release notes). */
function issued(simulator: Simulator, customerKey: string, choice: Choice): ApiResponse {
  const { issuerCode, acquirerCode, number, cardType, ownerType } = cardOf(choice, 0);
  const isCard = choice.method === '카드';
  const billing = {
    mId: MERCHANT_ID,
    customerKey,
    authenticatedAt: koreanTime(simulator.clock.now()),
    method: choice.method,
    billingKey: newBillingKey(),
    card: isCard ? { issuerCode, acquirerCode, number, cardType, ownerType } : null,
    // The form of the number, and whether it is masked: UNVERIFIED.
    transfers: isCard
      ? null
      : [{ bankName: bankNameOf(choice.bankCode ?? DEFAULT_BANK), bankAccountNumber: '1002*******34' }],
    easyPay: null,
    cardCompany: isCard ? cardCompanyOf(issuerCode) : null,
    cardNumber: isCard ? number : null,
  };
  simulator.billingKeys.add(billing.billingKey, customerKey, choice);
  return success(billing);
}

/** `POST /v1/billing/{billingKey}`: a charge without the buyer. Its approval has no webhook (docs: webhook events). */
export function approveBilling(simulator: Simulator): Operation {
  const keys = simulator.billingKeys;
  return {
    method: 'POST',
    path: '/v1/billing/:billingKey',
    on: 'billing',
    subject: (call) => {
      const orderId = (call.body as { orderId?: unknown } | null)?.orderId;
      return typeof orderId === 'string' ? { orderId } : {};
    },
    run: (call) => charge(simulator, keys.find(call.params.billingKey ?? ''), call),
  };
}

function charge(simulator: Simulator, billing: BillingKey | undefined, call: Call): ApiResponse {
  const { language, fault } = call;
  const parsed = approveBody.safeParse(call.body);
  if (!parsed.success) return invalidRequest(parsed.error, language);
  if (!billing) return refusal('INVALID_BILL_KEY_REQUEST', language);
  const refused = refusedCharge(billing, parsed.data, language);
  if (refused) return refused;
  const now = simulator.clock.now();
  const paymentKey = newPaymentKey(now);
  if (simulator.store.orderIsApproved(parsed.data.orderId, paymentKey)) return refusal('DUPLICATED_ORDER_ID', language);
  const amount = fault?.kind === 'wrong_amount' ? (fault.wrongAmount ?? parsed.data.amount + 100) : parsed.data.amount;
  const record = billingPayment(billing, { ...parsed.data, amount }, paymentKey, now);
  if (fault?.kind === 'decline') return declinedCharge(simulator, record, fault, language);
  approve(record.payment, record.particulars.choice, now);
  simulator.store.insertPayment(record);
  return approved(simulator, record, now);
}

type Charge = z.infer<typeof approveBody>;

function refusedCharge(billing: BillingKey, charged: Charge, language: Language): ApiResponse | undefined {
  const { amount, orderName, customerKey } = charged;
  const { choice, deletedAt } = billing;
  if (deletedAt !== null) return refusal('ALREADY_REMOVED_BILLING_KEY', language);
  if (billing.customerKey !== customerKey) return refusal('NOT_MATCHES_CUSTOMER_KEY', language);
  if (orderName.length > 100) return refusal('INVALID_ORDER_NAME', language);
  if (choice.cardType === '미확인') return refusal('NOT_SUPPORTED_CARD_TYPE', language);
  if (amount < minimumOf(choice.method)) return refusal('BELOW_MINIMUM_AMOUNT', language);
  return undefined;
}

function billingPayment(billing: BillingKey, charged: Charge, paymentKey: string, now: number): PaymentRecord {
  const { orderId, orderName, amount, customerKey, taxFreeAmount = 0, cardInstallmentPlan } = charged;
  const choice = { ...billing.choice, ...(cardInstallmentPlan && { installmentPlanMonths: cardInstallmentPlan }) };
  const order = { paymentKey, orderId, orderName, amount, type: 'BILLING' as const, taxFreeAmount };
  return {
    payment: newPayment(order, 'IN_PROGRESS', now),
    expiresAt: null,
    particulars: { choice, customerKey, clientKey: null, lastCancelAt: null },
  };
}

function declinedCharge(simulator: Simulator, record: PaymentRecord, fault: Fault, language: Language): ApiResponse {
  const code = fault.code ?? 'REJECT_CARD_PAYMENT';
  // That a declined charge leaves a readable ABORTED payment is UNVERIFIED.
  if (findError(code)?.class === 'B') {
    abort(record.payment, record.particulars.choice, code);
    simulator.store.insertPayment(record);
  }
  return refusal(code, language, { ...(fault.status !== undefined && { status: fault.status }) });
}

/** `DELETE /v1/billing/{billingKey}`: 200 with an empty body (measured), and BILLING_DELETED to the webhook. */
export function deleteBilling(simulator: Simulator): Operation {
  const keys = simulator.billingKeys;
  return {
    method: 'DELETE',
    path: '/v1/billing/:billingKey',
    on: 'billing',
    subject: () => ({}),
    run({ params: { billingKey = '' }, language }) {
      const billing = keys.find(billingKey);
      if (!billing) return refusal('INVALID_BILL_KEY_REQUEST', language);
      if (billing.deletedAt !== null) return refusal('ALREADY_REMOVED_BILLING_KEY', language);
      keys.remove(billingKey, simulator.clock.now());
      simulator.webhooks.billingDeleted(billingKey);
      return { status: 200, body: '' };
    },
  };
}
