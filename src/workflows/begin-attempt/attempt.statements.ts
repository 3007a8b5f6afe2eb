import { planColumns, priceColumns } from '../../catalog/index.ts';
import { invoiceColumns, lineColumns } from '../../invoices/index.ts';
import { attemptColumns, paymentColumns } from '../../payments/index.ts';
import { statement, t } from '../../platform/database/index.ts';
import type { MerchantAccount } from '../../providers/index.ts';
import { subscriptionColumns } from '../../subscriptions/index.ts';

/** Where a request goes. */
const requested = { provider: t.text, merchantAccount: t.oneOf<MerchantAccount>('MerchantAccount') };

const begunRow = {
  payment: t.row(paymentColumns),
  invoice: t.row(invoiceColumns),
  plan: t.row(planColumns),
  price: t.row(priceColumns),
  attempt: t.row(attemptColumns),
};

const attemptRow = { ...begunRow, subscription: t.nullable(t.row(subscriptionColumns)) };

/**
 * Of any number at once for one order, one gets a row. The draft is checked here, before any money moves. The rows of
 * customer and draft are locked, and so read as they are when the locks are granted: a charge of a card that was begun
 * meanwhile is seen, and that the draft was withdrawn.
 */
export const BEGIN_CONFIRM = statement('attempt.begin_confirm', {
  params: {
    orderId: t.text,
    amount: t.int,
    userId: t.nullable(t.text),
    planId: t.nullable(t.int),
    providerRef: t.text,
    ...requested,
    now: t.instant,
    nextPollAt: t.instant,
    maxAttempts: t.int,
    requestId: t.nullable(t.text),
  },
  row: attemptRow,
  sql: `
    WITH ordered AS (
      SELECT invoice.* FROM invoice JOIN customer ON customer.user_id = invoice.user_id
      WHERE order_id = :orderId AND status = 'DRAFT' AND amount = :amount::int AND expires_at > :now::timestamptz
        AND invoice.user_id = COALESCE(:userId, invoice.user_id) AND plan_id = COALESCE(:planId::int, plan_id)
        AND (duration_months IS NULL OR customer.charging_order_id IS NULL)
        AND (change IS NULL OR EXISTS (
          SELECT FROM subscription changing
          WHERE changing.id = (change->>'subscriptionId')::uuid AND changing.version = (change->>'version')::int
            AND changing.is_active AND changing.renewal_order_id IS NULL
            AND changing.end_date > :now::timestamptz))
        -- A refund may have taken the balance that was quoted.
        AND (balance_used <= 0
          OR balance_used <= available_balance(invoice.user_id, :now::timestamptz, invoice.order_id))
      FOR NO KEY UPDATE OF customer, invoice
    ), begun AS (
      INSERT INTO payment AS mine (order_id, user_id, amount, currency, status, provider_ref, provider,
        merchant_account, attempt_count, next_poll_at, created_at)
      SELECT order_id, user_id, amount, currency, 'PENDING', :providerRef, :provider, :merchantAccount, 1,
        :nextPollAt::timestamptz, :now::timestamptz
      FROM ordered
      ON CONFLICT (order_id) DO UPDATE SET
        status = 'PENDING', provider_ref = EXCLUDED.provider_ref, provider = EXCLUDED.provider,
        merchant_account = EXCLUDED.merchant_account, attempt_count = mine.attempt_count + 1,
        next_poll_at = EXCLUDED.next_poll_at, polled_at = NULL, failure_code = NULL, failure_message = NULL
      WHERE mine.status = 'FAILED'
        AND (SELECT count(*) FROM payment_attempt made
          WHERE made.order_id = mine.order_id AND made.idempotency_key IS NOT NULL) < :maxAttempts::int
        AND NOT EXISTS (SELECT FROM payment_attempt spent
          WHERE spent.order_id = mine.order_id AND spent.provider_ref = EXCLUDED.provider_ref
            AND spent.outcome IN ('DECLINED', 'MISMATCHED'))
      RETURNING *
    ), attempt AS (
      INSERT INTO payment_attempt (order_id, number, provider_ref, provider, merchant_account, idempotency_key,
        request_id, requested_at)
      SELECT order_id, attempt_count, provider_ref, provider, merchant_account,
        'confirm-' || order_id || '-' || attempt_count, :requestId, :now::timestamptz
      FROM begun
      RETURNING *
    )
    SELECT to_jsonb(begun) AS payment, to_jsonb(ordered) AS invoice, to_jsonb(plan) AS plan,
      to_jsonb(price) AS price, to_jsonb(attempt) AS attempt, to_jsonb(live) AS subscription
    FROM begun CROSS JOIN attempt CROSS JOIN ordered JOIN plan ON plan.id = ordered.plan_id
    JOIN price ON price.id = plan.price_id
    LEFT JOIN subscription live ON live.user_id = begun.user_id AND live.is_active`,
});

/**
 * Charges of cards on file, of buyers that the caller has locked: new invoices with their payments, or declined ones
 * once more. The caller has read their subscriptions.
 */
export const BEGIN_CHARGES = statement('attempt.begin_charges', {
  params: {
    charges: t.rows({
      orderId: t.text,
      userId: t.text,
      planId: t.int,
      priceId: t.nullable(t.int),
      orderName: t.text,
      amount: t.int,
      currency: t.text,
      durationMonths: t.int,
      balanceUsed: t.int,
      paymentMethodId: t.uuid,
      subscriptionId: t.nullable(t.uuid),
      dueAt: t.nullable(t.instant),
      consentId: t.nullable(t.uuid),
      plannedAt: t.nullable(t.instant),
    }),
    lines: t.rows(lineColumns),
    ...requested,
    now: t.instant,
    nextPollAt: t.instant,
    requestId: t.nullable(t.text),
  },
  row: begunRow,
  sql: `
    WITH charge AS (
      SELECT * FROM jsonb_to_recordset(:charges::jsonb) AS charge (
        order_id text, user_id text, plan_id int4, price_id int4, order_name text, amount int4, currency text,
        duration_months int4, balance_used int4, payment_method_id uuid, subscription_id uuid,
        due_at timestamptz, consent_id uuid, planned_at timestamptz)
    ), owed AS (
      INSERT INTO invoice AS mine (order_id, user_id, status, plan_id, price_id, order_name, amount, currency,
        duration_months, balance_used, subscription_id, due_at, consent_id, created_at)
      SELECT order_id, user_id, 'OPEN', plan_id, price_id, order_name, amount, currency, duration_months,
        balance_used, subscription_id, due_at, consent_id, :now::timestamptz
      FROM charge
      ON CONFLICT (order_id) DO UPDATE SET status = 'OPEN' WHERE mine.status IN ('PAST_DUE', 'VOID')
      RETURNING *
    ), explained AS (
      INSERT INTO invoice_line (order_id, position, kind, amount, starts_at, ends_at)
      SELECT order_id, position, kind, amount, starts_at, ends_at
      FROM jsonb_to_recordset(:lines::jsonb) AS line (order_id text, position int4, kind "InvoiceLineKind", amount int4,
        starts_at timestamptz, ends_at timestamptz)
      ON CONFLICT (order_id, position) DO NOTHING
    ), begun AS (
      INSERT INTO payment AS mine (order_id, user_id, amount, currency, payment_method_id, status, provider,
        merchant_account, attempt_count, next_poll_at, created_at)
      SELECT order_id, user_id, amount, currency, payment_method_id, 'PENDING', :provider, :merchantAccount, 1,
        :nextPollAt::timestamptz, :now::timestamptz
      FROM charge
      ON CONFLICT (order_id) DO UPDATE SET
        status = 'PENDING', payment_method_id = EXCLUDED.payment_method_id, provider = EXCLUDED.provider,
        merchant_account = EXCLUDED.merchant_account, attempt_count = mine.attempt_count + 1,
        next_poll_at = EXCLUDED.next_poll_at, polled_at = NULL, failure_code = NULL, failure_message = NULL
      WHERE mine.status = 'FAILED'
      RETURNING *
    ), attempt AS (
      INSERT INTO payment_attempt (order_id, number, provider, merchant_account, idempotency_key, payment_method_id,
        method, issuer_code, planned_at, request_id, requested_at)
      SELECT begun.order_id, begun.attempt_count, begun.provider, begun.merchant_account,
        'charge-' || begun.order_id || '-' || begun.attempt_count, card.id, card.method, card.issuer_code,
        charge.planned_at, :requestId, :now::timestamptz
      FROM begun JOIN charge USING (order_id) JOIN payment_method card ON card.id = begun.payment_method_id
      RETURNING *
    )
    SELECT to_jsonb(begun) AS payment, to_jsonb(owed) AS invoice, to_jsonb(plan) AS plan,
      to_jsonb(price) AS price, to_jsonb(attempt) AS attempt
    FROM begun JOIN attempt USING (order_id) JOIN owed USING (order_id) JOIN plan ON plan.id = owed.plan_id
    JOIN price ON price.id = plan.price_id`,
});

/** The latest attempt of an order whose outcome, or deposit, is awaited. */
export const OPEN_ATTEMPT = statement('attempt.open', {
  params: { orderId: t.text },
  row: attemptRow,
  sql: `
    SELECT to_jsonb(payment) AS payment, to_jsonb(invoice) AS invoice, to_jsonb(plan) AS plan,
      to_jsonb(price) AS price, to_jsonb(attempt) AS attempt, to_jsonb(live) AS subscription
    FROM payment JOIN invoice USING (order_id)
    JOIN payment_attempt attempt ON attempt.order_id = payment.order_id AND attempt.number = payment.attempt_count
    JOIN plan ON plan.id = invoice.plan_id JOIN price ON price.id = plan.price_id
    LEFT JOIN subscription live ON live.user_id = payment.user_id AND live.is_active
    WHERE payment.order_id = :orderId AND payment.status IN ('PENDING', 'WAITING_FOR_DEPOSIT')`,
});

/**
 * The latest attempt with this provider payment. A charge has no provider id until it is answered, so its latest
 * attempt counts.
 */
export const ATTEMPT_OF = statement('attempt.of', {
  params: { orderId: t.text, providerRef: t.text },
  row: attemptRow,
  sql: `
    SELECT to_jsonb(payment) AS payment, to_jsonb(invoice) AS invoice, to_jsonb(plan) AS plan,
      to_jsonb(price) AS price, to_jsonb(attempt) AS attempt, to_jsonb(live) AS subscription
    FROM payment JOIN invoice USING (order_id)
    JOIN payment_attempt attempt ON attempt.order_id = payment.order_id
      AND (attempt.provider_ref = :providerRef
        OR (attempt.provider_ref IS NULL AND attempt.payment_method_id IS NOT NULL))
    JOIN plan ON plan.id = invoice.plan_id JOIN price ON price.id = plan.price_id
    LEFT JOIN subscription live ON live.user_id = payment.user_id AND live.is_active
    WHERE payment.order_id = :orderId
    ORDER BY attempt.number DESC LIMIT 1`,
});

/** The payments of other attempts of an order that may have taken money, or may yet. */
export const OTHER_REFS = statement('attempt.other_refs', {
  params: { orderId: t.text, providerRef: t.text },
  row: { providerRef: t.nullable(t.text) },
  sql: `
    SELECT DISTINCT provider_ref FROM payment_attempt
    WHERE order_id = :orderId AND provider_ref <> :providerRef AND idempotency_key IS NOT NULL
      AND (outcome IS NULL OR outcome IN ('UNKNOWN', 'APPROVED'))`,
});
