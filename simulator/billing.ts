import { z } from 'zod';
import { cardBody, choiceOfCard, refusedCard } from './billing-cards.ts';
import type { BillingKey } from './billing-keys.ts';
import { koreanTime } from './clock.ts';
import { approved, minimumOf } from './confirm.ts';
import { findError, refusal, success, type Answer } from './errors.ts';
import { MERCHANT_ID, newBillingKey, newPaymentKey } from './identifiers.ts';
import { cardOf, DEFAULT_BANK, type Choice } from './means.ts';
import { amount as money, numeric } from './numbers.ts';
import { bankNameOf, cardCompanyOf } from './organisations.ts';
import { abort, approve, newPayment, type PaymentRecord } from './payment.ts';
import type { Simulator } from './simulator.ts';
import type { Call, Operation } from './toss-api.ts';

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

/** Above this the database of Toss gives up with FAILED_DB_PROCESSING (measured); the docs' narrower rule is not enforced. */
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
      const authorised = simulator.billingKeys.useAuthKey(authKey, customerKey);
      // Unknown, used or another customer's authKey: UNVERIFIED (INVALID_BILLING_AUTH is the other candidate).
      if (!authorised) return refusal('NOT_FOUND_BILLING', call.language);
      return issued(simulator, customerKey, authorised);
    },
  };
}

/** `POST /v1/billing/authorizations/card`: a billing key for a card that is typed in (docs: billing; measured). */
export function issueBillingByCard(simulator: Simulator): Operation {
  return {
    method: 'POST',
    path: '/v1/billing/authorizations/card',
    on: 'issue',
    subject: () => ({}),
    run({ body, language }) {
      const parsed = cardBody.safeParse(body);
      if (!parsed.success)
        return refusal('INVALID_REQUEST', language, { detail: parsed.error.issues[0]?.path.join('.') || 'body' });
      if (parsed.data.customerKey.length > MAX_CUSTOMER_KEY) return refusal('FAILED_DB_PROCESSING', language);
      const refused = refusedCard(parsed.data, simulator.clock.now(), language);
      return refused ?? issued(simulator, parsed.data.customerKey, choiceOfCard(parsed.data));
    },
  };
}

/** A Billing object of 2022-11-16: `cardCompany` and `cardNumber` are gone from 2024-06-01 on (docs: release notes). */
function issued(simulator: Simulator, customerKey: string, choice: Choice): Answer {
  const { issuerCode, acquirerCode, number, cardType, ownerType } = cardOf(choice, 0);
  const byCard = choice.method === '카드';
  const billing = {
    mId: MERCHANT_ID,
    customerKey,
    authenticatedAt: koreanTime(simulator.clock.now()),
    method: choice.method,
    billingKey: newBillingKey(),
    card: byCard ? { issuerCode, acquirerCode, number, cardType, ownerType } : null,
    // The form of the number, and whether it is masked: UNVERIFIED.
    transfers: byCard
      ? null
      : [{ bankName: bankNameOf(choice.bankCode ?? DEFAULT_BANK), bankAccountNumber: '1002*******34' }],
    easyPay: null,
    cardCompany: byCard ? cardCompanyOf(issuerCode) : null,
    cardNumber: byCard ? number : null,
  };
  simulator.billingKeys.add(billing.billingKey, customerKey, choice);
  return success(billing);
}

/** `POST /v1/billing/{billingKey}`: a charge without the buyer. Its approval sends no webhook (docs: webhook events). */
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

function charge(simulator: Simulator, billing: BillingKey | undefined, call: Call): Answer {
  const { language, fault } = call;
  const parsed = approveBody.safeParse(call.body);
  if (!parsed.success)
    return refusal('INVALID_REQUEST', language, { detail: parsed.error.issues[0]?.path.join('.') || 'body' });
  const { amount, orderId, orderName, customerKey, taxFreeAmount = 0, cardInstallmentPlan } = parsed.data;
  if (!billing) return refusal('INVALID_BILL_KEY_REQUEST', language);
  if (billing.deletedAt !== null) return refusal('ALREADY_REMOVED_BILLING_KEY', language);
  if (billing.customerKey !== customerKey) return refusal('NOT_MATCHES_CUSTOMER_KEY', language);
  if (orderName.length > 100) return refusal('INVALID_ORDER_NAME', language);
  if (billing.choice.cardType === '미확인') return refusal('NOT_SUPPORTED_CARD_TYPE', language);
  if (amount < minimumOf(billing.choice.method)) return refusal('BELOW_MINIMUM_AMOUNT', language);
  const now = simulator.clock.now();
  const paymentKey = newPaymentKey(now);
  if (simulator.store.orderIsApproved(orderId, paymentKey)) return refusal('DUPLICATED_ORDER_ID', language);
  const choice = { ...billing.choice, ...(cardInstallmentPlan && { installmentPlanMonths: cardInstallmentPlan }) };
  const held = fault?.kind === 'wrong_amount' ? (fault.wrongAmount ?? amount + 100) : amount;
  const payment = newPayment(
    { paymentKey, orderId, orderName, amount: held, type: 'BILLING', taxFreeAmount },
    'IN_PROGRESS',
    now,
  );
  const record: PaymentRecord = {
    payment,
    expiresAt: null,
    particulars: { choice, customerKey, clientKey: null, lastCancelAt: null },
  };
  if (fault?.kind === 'decline') {
    const code = fault.code ?? 'REJECT_CARD_PAYMENT';
    // That a declined charge leaves a readable ABORTED payment is UNVERIFIED.
    if (findError(code)?.class === 'B') {
      abort(payment, choice, code);
      simulator.store.insertPayment(record);
    }
    return refusal(code, language, { ...(fault.status !== undefined && { status: fault.status }) });
  }
  approve(payment, choice, now);
  simulator.store.insertPayment(record);
  return approved(simulator, record, now);
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
