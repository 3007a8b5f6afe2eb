import {
  type AttemptOutcome,
  type InvoiceStatus,
  type PaymentStatus,
  statement,
  t,
} from '../../platform/database/index.ts';
import { eventColumns } from '../../outbox/index.ts';
import { displayColumns } from '../../payments/index.ts';
import { periodColumns, subscriptionColumns } from '../../subscriptions/index.ts';

const commonParams = {
  orderId: t.text,
  userId: t.text,
  subscriptionId: t.nullable(t.uuid),
  now: t.instant,
  from: t.list(t.oneOf<PaymentStatus>('PaymentStatus')),
  attemptCount: t.nullable(t.int),
  unlessStopped: t.bool,
  isOptional: t.bool,
  endsCharge: t.bool,
  invoice: t.nullable(t.oneOf<InvoiceStatus>('InvoiceStatus')),
  status: t.nullable(t.oneOf<PaymentStatus>('PaymentStatus')),
  providerRef: t.nullable(t.text),
  refundedAmount: t.nullable(t.int),
  isDisplayed: t.bool,
  ...displayColumns,
  approvedAt: t.nullable(t.instant),
  failureCode: t.nullable(t.text),
  failureMessage: t.nullable(t.text),
  nextPollAt: t.nullable(t.instant),
  polledAt: t.nullable(t.instant),
  attemptNumber: t.nullable(t.int),
  attemptRef: t.nullable(t.text),
  attemptOutcome: t.nullable(t.oneOf<AttemptOutcome>('AttemptOutcome')),
  attemptCode: t.nullable(t.text),
  attemptMessage: t.nullable(t.text),
  subscriptions: t.rows(subscriptionColumns),
  periods: t.rows(periodColumns),
  events: t.rows(eventColumns),
};

const rareParams = {
  endedPeriods: t.rows({
    id: t.uuid,
    endsAt: t.instant,
    credited: t.int,
    voidedAt: t.nullable(t.instant),
    endedById: t.nullable(t.uuid),
    originalEndsAt: t.nullable(t.instant),
  }),
  balance: t.rows({ amount: t.int, reason: t.text }),
  contributions: t.rows({ planId: t.int, amount: t.int }),
  refunds: t.rows({ id: t.uuid, providerRef: t.text, amount: t.int, reason: t.text, refundedAt: t.instant }),
  voids: t.rows({ id: t.uuid, providerRef: t.text, reason: t.text }),
  jobs: t.rows({ name: t.text, payload: t.json<object>(), delayMs: t.int, key: t.nullable(t.text) }),
};

/** PostgreSQL runs a query in WITH only where its result is read: that is why jobs and refusals are selected. */
const row = { isWritten: t.bool, jobs: t.int, refused: t.nullable(t.int) };

/** What few outcomes bring: a change of plan, a use of the balance, an event, refunds, voids and jobs. */
const RARE = `, ended AS (
      UPDATE subscription_period mine SET
        ends_at = given.ends_at, credited = given.credited, voided_at = given.voided_at,
        ended_by_id = given.ended_by_id, original_ends_at = given.original_ends_at
      FROM written CROSS JOIN jsonb_to_recordset(:endedPeriods::jsonb) AS given (
        id uuid, ends_at timestamptz, credited int4, voided_at timestamptz, ended_by_id uuid,
        original_ends_at timestamptz)
      WHERE mine.subscription_id = :subscriptionId::uuid AND mine.id = given.id
    ), balance AS (
      INSERT INTO balance_entry (user_id, amount, reason, order_id, round, created_at)
      SELECT :userId, amount, reason, written.order_id, written.reversal_count, :now::timestamptz
      FROM written CROSS JOIN jsonb_to_recordset(:balance::jsonb) AS entry (amount int4, reason text)
    ), contributed AS (
      INSERT INTO event_entry (plan_id, order_id, amount, round, created_at)
      SELECT plan_id, written.order_id, amount, written.reversal_count, :now::timestamptz
      FROM written CROSS JOIN jsonb_to_recordset(:contributions::jsonb) AS entry (plan_id int4, amount int4)
    ), refunded AS (
      INSERT INTO refund (id, order_id, amount, reason, status, requested_by, transaction_key, created_at, completed_at)
      SELECT id, written.order_id, amount, reason, 'REFUNDED', 'toss', provider_ref, :now::timestamptz, refunded_at
      FROM written CROSS JOIN jsonb_to_recordset(:refunds::jsonb) AS shown (
        id uuid, provider_ref text, amount int4, reason text, refunded_at timestamptz)
      ON CONFLICT (transaction_key) DO NOTHING
    ), voided AS (
      INSERT INTO payment_void (id, order_id, provider_ref, reason, next_try_at, created_at)
      SELECT id, :orderId, provider_ref, reason, :now::timestamptz, :now::timestamptz
      FROM gate CROSS JOIN jsonb_to_recordset(:voids::jsonb) AS wrong (id uuid, provider_ref text, reason text)
      ON CONFLICT (provider_ref) DO NOTHING
    ), enqueued AS (
      SELECT graphile_worker.add_job(name, payload::json, run_at := now() + delay_ms * interval '1 ms',
        max_attempts := 10, job_key := key, job_key_mode := 'preserve_run_at')
      FROM gate CROSS JOIN jsonb_to_recordset(:jobs::jsonb) AS job (name text, payload jsonb, delay_ms int4, key text)
    )`;

/**
 * The hot path: one round trip writes everything that an outcome means. The payment's own row decides: where it is not
 * as `from`, `attempt_count` and `unless_stopped` demand, nothing is written (but the attempt and the voids of an
 * optional one). A subscription that has changed since it was read undoes it all: the function at the end raises.
 *
 * Single rows are found by their key as a parameter, so that no plan ever scans a table for them.
 *
 * @param rare the parts for {@link RARE}, or nothing: PostgreSQL prepares each part of a statement every time it runs,
 * also those that write no row, and most outcomes need none of these
 */
const outcome = (rare: string, jobs: string): string => `
    WITH written AS (
      UPDATE payment SET
        status = COALESCE(:status::"PaymentStatus", status),
        provider_ref = COALESCE(:providerRef, provider_ref),
        refunded_amount = COALESCE(:refundedAmount::int, refunded_amount),
        method = CASE WHEN :isDisplayed::bool THEN :method ELSE method END,
        issuer_code = CASE WHEN :isDisplayed::bool THEN :issuerCode ELSE issuer_code END,
        easy_pay_provider = CASE WHEN :isDisplayed::bool THEN :easyPayProvider ELSE easy_pay_provider END,
        card_number = CASE WHEN :isDisplayed::bool THEN :cardNumber ELSE card_number END,
        mobile_phone = CASE WHEN :isDisplayed::bool THEN :mobilePhone ELSE mobile_phone END,
        virtual_account = CASE WHEN :isDisplayed::bool THEN :virtualAccount::jsonb ELSE virtual_account END,
        receipt_url = CASE WHEN :isDisplayed::bool THEN :receiptUrl ELSE receipt_url END,
        deposit_secret_hash = COALESCE(:depositSecretHash, deposit_secret_hash),
        approved_at = COALESCE(:approvedAt::timestamptz, approved_at),
        failure_code = :failureCode, failure_message = :failureMessage,
        next_poll_at = :nextPollAt::timestamptz, polled_at = COALESCE(:polledAt::timestamptz, polled_at)
      WHERE order_id = :orderId AND status = ANY(:from::"PaymentStatus"[])
        AND attempt_count = COALESCE(:attemptCount::int, attempt_count)
        AND NOT (:unlessStopped::bool AND refund_if_taken)
      RETURNING order_id, reversal_count
    ), gate AS (
      SELECT FROM written UNION ALL SELECT WHERE :isOptional::bool LIMIT 1
    ), answered AS (
      UPDATE payment_attempt SET
        provider_ref = COALESCE(provider_ref, :attemptRef), outcome = :attemptOutcome::"AttemptOutcome",
        code = :attemptCode, message = :attemptMessage, answered_at = :now::timestamptz
      FROM gate
      WHERE order_id = :orderId AND number = :attemptNumber::int
        -- An answer that is known is never made unknown again.
        AND (outcome IS NULL OR outcome = 'UNKNOWN' OR :attemptOutcome::"AttemptOutcome" = 'APPROVED')
    ), charge_ended AS (
      UPDATE customer SET charging_order_id = NULL FROM written
      WHERE user_id = :userId AND charging_order_id = :orderId AND :endsCharge::bool
    ), invoiced AS (
      UPDATE invoice SET status = :invoice::"InvoiceStatus",
        paid_at = CASE WHEN :invoice::"InvoiceStatus" = 'PAID' THEN :now::timestamptz ELSE paid_at END
      -- A draft that was withdrawn or has lapsed meanwhile never comes back.
      FROM written
      WHERE invoice.order_id = :orderId AND :invoice::"InvoiceStatus" NOT IN ('DRAFT', invoice.status)
    ), subscription_given AS (
      SELECT * FROM jsonb_to_recordset(:subscriptions::jsonb) AS given (
        id uuid, user_id text, plan_id int4, switch_at timestamptz, switch_plan_id int4, agreed_plan_id int4,
        agreed_price int4, agreed_months int4, next_plan_id int4, next_price int4, next_months int4,
        status "SubscriptionStatus", renewal_state "RenewalState", is_active bool, version int4,
        anchor_at timestamptz, anchor_months int4, start_date timestamptz, end_date timestamptz,
        cancel_at_period_end bool, is_trial bool, needs_consent bool, payment_method_id uuid,
        next_charge_at timestamptz, renewal_order_id text, renewal_held_at timestamptz, renewal_held_reason text,
        past_due_since timestamptz, grace_until timestamptz, announced_for timestamptz, announced_amount int4,
        created_at timestamptz)
    ), started AS (
      INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, status,
        renewal_state, anchor_at, anchor_months, start_date, end_date, is_trial, needs_consent, payment_method_id,
        next_charge_at, renewal_held_at, renewal_held_reason, created_at)
      SELECT id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, status, renewal_state, anchor_at,
        anchor_months, start_date, end_date, is_trial, needs_consent, payment_method_id, next_charge_at,
        renewal_held_at, renewal_held_reason, created_at
      FROM subscription_given CROSS JOIN written WHERE version = 1
      RETURNING id
    ), updated AS (
      UPDATE subscription mine SET
        plan_id = given.plan_id, switch_at = given.switch_at, switch_plan_id = given.switch_plan_id,
        agreed_plan_id = given.agreed_plan_id, agreed_price = given.agreed_price, agreed_months = given.agreed_months,
        next_plan_id = given.next_plan_id, next_price = given.next_price, next_months = given.next_months,
        status = given.status, renewal_state = given.renewal_state, is_active = given.is_active,
        version = given.version, anchor_at = given.anchor_at,
        anchor_months = given.anchor_months, start_date = given.start_date, end_date = given.end_date,
        cancel_at_period_end = given.cancel_at_period_end, is_trial = given.is_trial,
        needs_consent = given.needs_consent, payment_method_id = given.payment_method_id,
        next_charge_at = given.next_charge_at, renewal_order_id = given.renewal_order_id,
        renewal_held_at = given.renewal_held_at, renewal_held_reason = given.renewal_held_reason,
        past_due_since = given.past_due_since, grace_until = given.grace_until
      FROM subscription_given given CROSS JOIN written
      WHERE mine.id = :subscriptionId::uuid AND mine.version = given.version - 1
      RETURNING mine.id
    ), granted AS (
      INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, months, starts_at, ends_at, price,
        list_price, agreed_before, credited, created_at)
      SELECT id, subscription_id, period.order_id, plan_id, months, starts_at, ends_at, price, list_price,
        agreed_before, credited, created_at
      FROM written CROSS JOIN jsonb_to_recordset(:periods::jsonb) AS period (
        id uuid, subscription_id uuid, order_id text, plan_id int4, months int4, starts_at timestamptz,
        ends_at timestamptz, price int4, list_price int4, agreed_before jsonb, credited int4, voided_at timestamptz,
        ended_by_id uuid, original_ends_at timestamptz, created_at timestamptz)
    )${rare}, event_rows AS (
      INSERT INTO outgoing_event (uuid, type, user_id, subscription_id, order_id, data, status, next_try_at, created_at)
      SELECT uuid, type, user_id, subscription_id, event.order_id, data, status::"OutgoingEventStatus", next_try_at,
        created_at
      FROM written CROSS JOIN jsonb_to_recordset(:events::jsonb) AS event (
        uuid uuid, type text, user_id text, subscription_id uuid, order_id text, data jsonb, status text,
        next_try_at timestamptz, created_at timestamptz)
    )
    SELECT EXISTS (SELECT FROM written) AS is_written, ${jobs} AS jobs,
      CASE WHEN EXISTS (SELECT FROM written)
        AND (SELECT count(*) FROM subscription_given)
          > (SELECT count(*) FROM started) + (SELECT count(*) FROM updated)
        THEN refuse_stale_subscription() END AS refused`;

export const WRITE_CHANGES = statement('outcome.write', {
  params: { ...commonParams, ...rareParams },
  row,
  sql: outcome(RARE, '(SELECT count(*)::int FROM enqueued)'),
});

/** The same for changes without any of the rare parts. */
export const WRITE_COMMON = statement('outcome.write_common', {
  params: commonParams,
  row,
  sql: outcome('', '0'),
});
