-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "PlanType" AS ENUM ('BASIC', 'PREMIUM', 'EVENT');

-- CreateEnum
CREATE TYPE "InvoiceStatus" AS ENUM ('DRAFT', 'OPEN', 'PAST_DUE', 'PAID', 'VOID');

-- CreateEnum
CREATE TYPE "InvoiceLineKind" AS ENUM ('PLAN', 'PRORATION_CREDIT', 'PRORATION_CHARGE', 'BALANCE', 'CONTRIBUTION');

-- CreateEnum
CREATE TYPE "PaymentStatus" AS ENUM ('PENDING', 'WAITING_FOR_DEPOSIT', 'SUCCESS', 'FAILED', 'EXPIRED', 'PARTIALLY_REFUNDED', 'REFUNDED');

-- CreateEnum
CREATE TYPE "AttemptOutcome" AS ENUM ('APPROVED', 'DECLINED', 'REFUSED', 'MISMATCHED', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "RefundStatus" AS ENUM ('PENDING', 'REFUNDED', 'FAILED');

-- CreateEnum
CREATE TYPE "PaymentMethodStatus" AS ENUM ('ISSUING', 'ACTIVE', 'UNKNOWN', 'FAILED', 'DELETED');

-- CreateEnum
CREATE TYPE "SubscriptionStatus" AS ENUM ('TRIALING', 'ACTIVE', 'PAST_DUE', 'CANCELED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "RenewalState" AS ENUM ('NONE', 'SCHEDULED', 'CHARGING', 'ON_HOLD');

-- CreateEnum
CREATE TYPE "ConsentKind" AS ENUM ('TRIAL_TO_PAID', 'PRICE_RISE');

-- CreateEnum
CREATE TYPE "PaymentVoidStatus" AS ENUM ('PENDING', 'CANCELED');

-- CreateEnum
CREATE TYPE "IncomingWebhookStatus" AS ENUM ('PENDING', 'PROCESSED', 'UNHANDLED', 'FAILED', 'DISMISSED');

-- CreateEnum
CREATE TYPE "DifferenceKind" AS ENUM ('MISSING_HERE', 'MISSING_THERE', 'AMOUNT', 'STATUS');

-- CreateEnum
CREATE TYPE "OutgoingEventStatus" AS ENUM ('KEPT', 'PENDING', 'DELIVERED', 'FAILED');

-- CreateTable
CREATE TABLE "plan" (
    "id" SERIAL NOT NULL,
    "type" "PlanType" NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "price_id" INTEGER NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price" (
    "id" SERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "plan_type" "PlanType" NOT NULL,
    "amount" INTEGER,
    "currency" CHAR(3) NOT NULL DEFAULT 'KRW',
    "duration_months" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer" (
    "user_id" VARCHAR(64) NOT NULL,
    "customer_key" VARCHAR(50) NOT NULL,
    "charging_order_id" VARCHAR(64),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "payment_method" (
    "id" UUID NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "customer_key" VARCHAR(50) NOT NULL,
    "provider" VARCHAR(20) NOT NULL,
    "status" "PaymentMethodStatus" NOT NULL,
    "auth_key_hash" CHAR(64) NOT NULL,
    "idempotency_key" VARCHAR(300) NOT NULL,
    "sealed_key" VARCHAR(600),
    "key_hash" CHAR(64),
    "method" VARCHAR(30),
    "issuer_code" VARCHAR(4),
    "card_number" VARCHAR(30),
    "card_type" VARCHAR(10),
    "failure_code" VARCHAR(100),
    "failure_message" VARCHAR(600),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "issued_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_method_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "kind" "ConsentKind" NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "price" INTEGER NOT NULL,
    "text_version" VARCHAR(40) NOT NULL,
    "channel" VARCHAR(20) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "address" VARCHAR(45) NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "renewal_switch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "paused_at" TIMESTAMPTZ(3),
    "paused_by" VARCHAR(64),
    "reason" VARCHAR(500),

    CONSTRAINT "renewal_switch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoice" (
    "order_id" VARCHAR(64) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "status" "InvoiceStatus" NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "price_id" INTEGER,
    "order_name" VARCHAR(100) NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'KRW',
    "amount" INTEGER NOT NULL,
    "duration_months" INTEGER,
    "balance_used" INTEGER NOT NULL DEFAULT 0,
    "change" JSONB,
    "subscription_id" UUID,
    "due_at" TIMESTAMPTZ(3),
    "consent_id" UUID,
    "expires_at" TIMESTAMPTZ(3),
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "invoice_line" (
    "order_id" VARCHAR(64) NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "InvoiceLineKind" NOT NULL,
    "amount" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "invoice_line_pkey" PRIMARY KEY ("order_id","position")
);

-- CreateTable
CREATE TABLE "payment" (
    "order_id" VARCHAR(64) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "refunded_amount" INTEGER NOT NULL DEFAULT 0,
    "currency" CHAR(3) NOT NULL DEFAULT 'KRW',
    "payment_method_id" UUID,
    "status" "PaymentStatus" NOT NULL,
    "provider_ref" VARCHAR(200),
    "provider" VARCHAR(20),
    "merchant_account" VARCHAR(20),
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "method" VARCHAR(30),
    "issuer_code" VARCHAR(4),
    "easy_pay_provider" VARCHAR(30),
    "card_number" VARCHAR(30),
    "mobile_phone" VARCHAR(20),
    "virtual_account" JSONB,
    "deposit_secret_hash" CHAR(64),
    "receipt_url" VARCHAR(500),
    "approved_at" TIMESTAMPTZ(3),
    "failure_code" VARCHAR(100),
    "failure_message" VARCHAR(600),
    "polled_at" TIMESTAMPTZ(3),
    "next_poll_at" TIMESTAMPTZ(3),
    "stopped_at" TIMESTAMPTZ(3),
    "refund_if_taken" BOOLEAN NOT NULL DEFAULT false,
    "reversal_count" INTEGER NOT NULL DEFAULT 0,
    "reversed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "payment_attempt" (
    "order_id" VARCHAR(64) NOT NULL,
    "number" INTEGER NOT NULL,
    "provider_ref" VARCHAR(200),
    "provider" VARCHAR(20),
    "merchant_account" VARCHAR(20),
    "payment_method_id" UUID,
    "idempotency_key" VARCHAR(300),
    "outcome" "AttemptOutcome",
    "code" VARCHAR(100),
    "message" VARCHAR(600),
    "method" VARCHAR(30),
    "issuer_code" VARCHAR(4),
    "planned_at" TIMESTAMPTZ(3),
    "request_id" VARCHAR(100),
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("order_id","number")
);

-- CreateTable
CREATE TABLE "payment_void" (
    "id" UUID NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "provider_ref" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(30) NOT NULL,
    "status" "PaymentVoidStatus" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "next_try_at" TIMESTAMPTZ(3),
    "last_code" VARCHAR(100),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "canceled_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_void_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription" (
    "id" UUID NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "switch_at" TIMESTAMPTZ(3),
    "switch_plan_id" INTEGER,
    "agreed_plan_id" INTEGER NOT NULL,
    "agreed_price" INTEGER NOT NULL,
    "agreed_months" INTEGER NOT NULL,
    "next_plan_id" INTEGER,
    "next_price" INTEGER,
    "next_months" INTEGER,
    "status" "SubscriptionStatus" NOT NULL DEFAULT 'ACTIVE',
    "renewal_state" "RenewalState" NOT NULL DEFAULT 'NONE',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "anchor_at" TIMESTAMPTZ(3) NOT NULL,
    "anchor_months" INTEGER NOT NULL,
    "start_date" TIMESTAMPTZ(3) NOT NULL,
    "end_date" TIMESTAMPTZ(3) NOT NULL,
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "is_trial" BOOLEAN NOT NULL DEFAULT false,
    "needs_consent" BOOLEAN NOT NULL DEFAULT false,
    "payment_method_id" UUID,
    "next_charge_at" TIMESTAMPTZ(3),
    "renewal_order_id" VARCHAR(64),
    "renewal_held_at" TIMESTAMPTZ(3),
    "renewal_held_reason" VARCHAR(20),
    "past_due_since" TIMESTAMPTZ(3),
    "grace_until" TIMESTAMPTZ(3),
    "announced_for" TIMESTAMPTZ(3),
    "announced_amount" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription_period" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "order_id" VARCHAR(64),
    "plan_id" INTEGER NOT NULL,
    "months" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "price" INTEGER NOT NULL,
    "list_price" INTEGER NOT NULL,
    "agreed_before" JSONB,
    "credited" INTEGER NOT NULL DEFAULT 0,
    "voided_at" TIMESTAMPTZ(3),
    "ended_by_id" UUID,
    "original_ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_period_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_entry" (
    "id" BIGSERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "round" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "balance_entry" (
    "id" BIGSERIAL NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "reason" VARCHAR(20) NOT NULL,
    "order_id" VARCHAR(64),
    "round" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "balance_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outgoing_event" (
    "id" BIGSERIAL NOT NULL,
    "uuid" UUID NOT NULL,
    "type" VARCHAR(60) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "subscription_id" UUID,
    "order_id" VARCHAR(64),
    "data" JSONB NOT NULL,
    "status" "OutgoingEventStatus" NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "tries_before" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "last_tried_at" TIMESTAMPTZ(3),
    "last_status" INTEGER,
    "last_error" VARCHAR(300),
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outgoing_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "status" "RefundStatus" NOT NULL,
    "requested_by" VARCHAR(64) NOT NULL,
    "end_subscription" BOOLEAN NOT NULL DEFAULT false,
    "before_deposit" BOOLEAN NOT NULL DEFAULT false,
    "request_key" CHAR(64),
    "request_hash" CHAR(64),
    "masked_account" JSONB,
    "sealed_account" VARCHAR(600),
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "idempotency_key" VARCHAR(300),
    "requested_at" TIMESTAMPTZ(3),
    "last_code" VARCHAR(100),
    "next_try_at" TIMESTAMPTZ(3),
    "transaction_key" VARCHAR(64),
    "failure_code" VARCHAR(100),
    "failure_message" VARCHAR(600),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incoming_webhook" (
    "id" UUID NOT NULL,
    "transmission_id" VARCHAR(100) NOT NULL,
    "provider" VARCHAR(20) NOT NULL,
    "type" VARCHAR(60) NOT NULL,
    "about" VARCHAR(20) NOT NULL,
    "body" TEXT,
    "body_hash" CHAR(64) NOT NULL,
    "data" JSONB,
    "order_id" VARCHAR(64),
    "provider_ref" VARCHAR(200),
    "retried_count" INTEGER NOT NULL,
    "transmitted_at" TIMESTAMPTZ(3),
    "status" "IncomingWebhookStatus" NOT NULL DEFAULT 'PENDING',
    "is_urgent" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_found_count" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "note" VARCHAR(200),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "incoming_webhook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reconciliation" (
    "date" CHAR(10) NOT NULL,
    "toss_lines" INTEGER NOT NULL,
    "our_lines" INTEGER NOT NULL,
    "matched_lines" INTEGER NOT NULL,
    "settled_count" INTEGER NOT NULL,
    "toss_net" BIGINT NOT NULL,
    "our_net" BIGINT NOT NULL,
    "ran_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reconciliation_pkey" PRIMARY KEY ("date")
);

-- CreateTable
CREATE TABLE "reconciliation_difference" (
    "id" UUID NOT NULL,
    "date" CHAR(10) NOT NULL,
    "kind" "DifferenceKind" NOT NULL,
    "provider_ref" VARCHAR(200) NOT NULL,
    "transaction_key" VARCHAR(64) NOT NULL DEFAULT '',
    "order_id" VARCHAR(64),
    "ours" JSONB,
    "theirs" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" VARCHAR(64),
    "how" VARCHAR(60),
    "reason" VARCHAR(500),

    CONSTRAINT "reconciliation_difference_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "actor" VARCHAR(64) NOT NULL,
    "role" VARCHAR(20) NOT NULL,
    "action" VARCHAR(60) NOT NULL,
    "order_id" VARCHAR(64),
    "subject" VARCHAR(100),
    "reason" VARCHAR(500),
    "before" JSONB,
    "after" JSONB,
    "address" VARCHAR(45) NOT NULL,
    "request_id" VARCHAR(100) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotent_request" (
    "user_id" VARCHAR(64) NOT NULL,
    "operation" VARCHAR(60) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "body_hash" CHAR(64) NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotent_request_pkey" PRIMARY KEY ("user_id","operation","key")
);

-- CreateTable
CREATE TABLE "job_run" (
    "name" VARCHAR(60) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "is_done" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("name","due_at")
);

-- CreateTable
CREATE TABLE "sandbox_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "offset_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "sandbox_clock_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "plan_with_type" ON "plan"("id", "type");

-- CreateIndex
CREATE UNIQUE INDEX "price_of_plan" ON "price"("id", "plan_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_customer_key_key" ON "customer"("customer_key");

-- CreateIndex
CREATE UNIQUE INDEX "payment_method_auth_key_hash_key" ON "payment_method"("auth_key_hash");

-- CreateIndex
CREATE UNIQUE INDEX "payment_method_idempotency_key_key" ON "payment_method"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payment_method_key_hash_key" ON "payment_method"("key_hash");

-- CreateIndex
CREATE INDEX "payment_method_of_user" ON "payment_method"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "consent_of_subscription" ON "consent"("subscription_id", "given_at");

-- CreateIndex
CREATE INDEX "payment_newest" ON "payment"("created_at" DESC, "order_id" DESC);

-- CreateIndex
CREATE INDEX "payment_of_user" ON "payment"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "payment_of_status" ON "payment"("status", "created_at" DESC, "order_id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payment_attempt_idempotency_key_key" ON "payment_attempt"("idempotency_key");

-- CreateIndex
CREATE INDEX "payment_attempt_requested_at" ON "payment_attempt"("requested_at");

-- CreateIndex
CREATE INDEX "payment_attempt_ref" ON "payment_attempt"("provider_ref");

-- CreateIndex
CREATE UNIQUE INDEX "payment_void_provider_ref_key" ON "payment_void"("provider_ref");

-- CreateIndex
CREATE INDEX "payment_void_of_order" ON "payment_void"("order_id");

-- CreateIndex
CREATE INDEX "subscription_of_user" ON "subscription"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "subscription_newest" ON "subscription"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "subscription_of_status" ON "subscription"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "subscription_period_order_id_key" ON "subscription_period"("order_id");

-- CreateIndex
CREATE INDEX "subscription_period_of" ON "subscription_period"("subscription_id", "starts_at");

-- CreateIndex
CREATE INDEX "balance_entry_of_user" ON "balance_entry"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "outgoing_event_uuid_key" ON "outgoing_event"("uuid");

-- CreateIndex
CREATE INDEX "outgoing_event_of_subscription" ON "outgoing_event"("subscription_id");

-- CreateIndex
CREATE INDEX "outgoing_event_of_order" ON "outgoing_event"("order_id");

-- CreateIndex
CREATE INDEX "outgoing_event_of_type" ON "outgoing_event"("type", "id" DESC);

-- CreateIndex
CREATE INDEX "outgoing_event_of_status" ON "outgoing_event"("status", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "refund_request_key_key" ON "refund"("request_key");

-- CreateIndex
CREATE UNIQUE INDEX "refund_idempotency_key_key" ON "refund"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "refund_transaction_key_key" ON "refund"("transaction_key");

-- CreateIndex
CREATE INDEX "refund_of_order" ON "refund"("order_id");

-- CreateIndex
CREATE INDEX "refund_newest" ON "refund"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "refund_of_status" ON "refund"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "incoming_webhook_transmission_id_key" ON "incoming_webhook"("transmission_id");

-- CreateIndex
CREATE INDEX "incoming_webhook_newest" ON "incoming_webhook"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "incoming_webhook_of_type" ON "incoming_webhook"("type", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "incoming_webhook_of_status" ON "incoming_webhook"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "incoming_webhook_of_order" ON "incoming_webhook"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "reconciliation_difference_once" ON "reconciliation_difference"("date", "kind", "provider_ref", "transaction_key");

-- CreateIndex
CREATE INDEX "audit_log_created_at" ON "audit_log"("created_at");

-- CreateIndex
CREATE INDEX "audit_log_of_order" ON "audit_log"("order_id");

-- CreateIndex
CREATE INDEX "audit_log_of_actor" ON "audit_log"("actor", "id" DESC);

-- CreateIndex
CREATE INDEX "idempotent_request_created_at" ON "idempotent_request"("created_at");

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_price_id_id_fkey" FOREIGN KEY ("price_id", "id") REFERENCES "price"("id", "plan_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price" ADD CONSTRAINT "price_plan_id_plan_type_fkey" FOREIGN KEY ("plan_id", "plan_type") REFERENCES "plan"("id", "type") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_charging_order_id_fkey" FOREIGN KEY ("charging_order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_method" ADD CONSTRAINT "payment_method_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "customer"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "customer"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "customer"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_price_id_plan_id_fkey" FOREIGN KEY ("price_id", "plan_id") REFERENCES "price"("id", "plan_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_consent_id_fkey" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "invoice"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "invoice"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "customer"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_payment_method_id_fkey" FOREIGN KEY ("payment_method_id") REFERENCES "payment_method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_payment_method_id_fkey" FOREIGN KEY ("payment_method_id") REFERENCES "payment_method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_void" ADD CONSTRAINT "payment_void_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "customer"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_switch_plan_id_fkey" FOREIGN KEY ("switch_plan_id") REFERENCES "plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_agreed_plan_id_fkey" FOREIGN KEY ("agreed_plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_next_plan_id_fkey" FOREIGN KEY ("next_plan_id") REFERENCES "plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_payment_method_id_fkey" FOREIGN KEY ("payment_method_id") REFERENCES "payment_method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_renewal_order_id_fkey" FOREIGN KEY ("renewal_order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_ended_by_id_fkey" FOREIGN KEY ("ended_by_id") REFERENCES "subscription_period"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_entry" ADD CONSTRAINT "event_entry_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_entry" ADD CONSTRAINT "event_entry_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "balance_entry" ADD CONSTRAINT "balance_entry_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "customer"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "balance_entry" ADD CONSTRAINT "balance_entry_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outgoing_event" ADD CONSTRAINT "outgoing_event_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outgoing_event" ADD CONSTRAINT "outgoing_event_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reconciliation_difference" ADD CONSTRAINT "reconciliation_difference_date_fkey" FOREIGN KEY ("date") REFERENCES "reconciliation"("date") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say

ALTER TABLE audit_log ADD CONSTRAINT audit_log_role
  CHECK (role IN ('customer', 'operator', 'admin'));
ALTER TABLE balance_entry ADD CONSTRAINT balance_entry_reason
  CHECK (reason IN ('used', 'change', 'refund', 'kept'));
ALTER TABLE invoice ADD CONSTRAINT invoice_amount_not_negative
  CHECK (amount >= 0);
ALTER TABLE invoice ADD CONSTRAINT invoice_draft_is_quoted
  CHECK ((status <> 'DRAFT') OR (num_nulls(expires_at, price_id) = 0));
ALTER TABLE invoice ADD CONSTRAINT invoice_only_a_renewal_is_past_due
  CHECK ((status <> 'PAST_DUE') OR (subscription_id IS NOT NULL));
ALTER TABLE invoice ADD CONSTRAINT invoice_paid_has_time
  CHECK ((status <> 'PAID') OR (paid_at IS NOT NULL));
ALTER TABLE invoice ADD CONSTRAINT invoice_renewal_is_due
  CHECK (num_nulls(subscription_id, due_at) IN (0, 2));
ALTER TABLE invoice_line ADD CONSTRAINT invoice_line_dates_in_order
  CHECK (starts_at < ends_at);
ALTER TABLE invoice_line ADD CONSTRAINT invoice_line_period_is_whole
  CHECK (num_nulls(starts_at, ends_at) IN (0, 2));
ALTER TABLE payment_method ADD CONSTRAINT payment_method_provider
  CHECK (provider IN ('toss'));
ALTER TABLE payment_method ADD CONSTRAINT payment_method_sealed_while_active
  CHECK ((status = 'ACTIVE') = (sealed_key IS NOT NULL));
ALTER TABLE event_entry ADD CONSTRAINT event_entry_amount_not_zero
  CHECK (amount <> 0);
ALTER TABLE outgoing_event ADD CONSTRAINT outgoing_event_delivered_has_time
  CHECK ((status = 'DELIVERED') = (delivered_at IS NOT NULL));
ALTER TABLE outgoing_event ADD CONSTRAINT outgoing_event_pending_is_tried
  CHECK ((status <> 'PENDING') OR (next_try_at IS NOT NULL));
ALTER TABLE outgoing_event ADD CONSTRAINT outgoing_event_tries_counted
  CHECK ((tries_before >= 0) AND (tries_before <= tries));
ALTER TABLE payment_void ADD CONSTRAINT payment_void_reason
  CHECK (reason IN ('PAYMENT_MISMATCH', 'PAYMENT_SURPLUS', 'ORDER_OUTDATED', 'PAYMENT_STOPPED'));
ALTER TABLE payment ADD CONSTRAINT payment_amount_not_negative
  CHECK (amount >= 0);
ALTER TABLE payment ADD CONSTRAINT payment_merchant_account
  CHECK (merchant_account IN ('main', 'billing'));
ALTER TABLE payment ADD CONSTRAINT payment_paid_has_ref
  CHECK ((status IN ('PENDING', 'FAILED', 'EXPIRED')) OR (provider_ref IS NOT NULL) OR (amount = 0));
ALTER TABLE payment ADD CONSTRAINT payment_paid_has_time
  CHECK ((status NOT IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')) OR (approved_at IS NOT NULL));
ALTER TABLE payment ADD CONSTRAINT payment_provider
  CHECK (provider IN ('toss'));
ALTER TABLE payment ADD CONSTRAINT payment_provider_with_account
  CHECK (num_nulls(provider, merchant_account) IN (0, 2));
ALTER TABLE payment ADD CONSTRAINT payment_ref_has_provider
  CHECK ((provider_ref IS NULL) OR (provider IS NOT NULL));
ALTER TABLE payment ADD CONSTRAINT payment_refunded_if_stopped
  CHECK ((NOT refund_if_taken) OR (stopped_at IS NOT NULL));
ALTER TABLE payment ADD CONSTRAINT payment_refunded_within_amount
  CHECK ((refunded_amount >= 0) AND (refunded_amount <= amount));
ALTER TABLE payment_attempt ADD CONSTRAINT payment_attempt_merchant_account
  CHECK (merchant_account IN ('main', 'billing'));
ALTER TABLE payment_attempt ADD CONSTRAINT payment_attempt_provider
  CHECK (provider IN ('toss'));
ALTER TABLE payment_attempt ADD CONSTRAINT payment_attempt_provider_with_account
  CHECK (num_nulls(provider, merchant_account) IN (0, 2));
ALTER TABLE payment_attempt ADD CONSTRAINT payment_attempt_request_has_provider
  CHECK ((idempotency_key IS NULL) OR (provider IS NOT NULL));
ALTER TABLE price ADD CONSTRAINT price_amount_positive
  CHECK (amount > 0);
ALTER TABLE price ADD CONSTRAINT price_duration_positive
  CHECK ((duration_months >= 1) AND (duration_months <= 120));
ALTER TABLE price ADD CONSTRAINT price_only_events_without_amount
  CHECK ((plan_type = 'EVENT') OR (amount IS NOT NULL));
ALTER TABLE price ADD CONSTRAINT price_only_events_without_time
  CHECK ((plan_type = 'EVENT') = (duration_months IS NULL));
ALTER TABLE reconciliation_difference ADD CONSTRAINT reconciliation_difference_resolved_has_user
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL));
ALTER TABLE refund ADD CONSTRAINT refund_account_is_forgotten
  CHECK ((status = 'PENDING') OR (sealed_account IS NULL));
ALTER TABLE refund ADD CONSTRAINT refund_amount_positive
  CHECK (amount > 0);
ALTER TABLE refund ADD CONSTRAINT refund_done_has_time
  CHECK ((status <> 'REFUNDED') OR (completed_at IS NOT NULL));
ALTER TABLE refund ADD CONSTRAINT refund_only_pending_is_tried
  CHECK ((status = 'PENDING') OR (next_try_at IS NULL));
ALTER TABLE refund ADD CONSTRAINT refund_request_is_hashed
  CHECK ((request_hash IS NULL) OR (request_key IS NOT NULL));
ALTER TABLE renewal_switch ADD CONSTRAINT renewal_switch_one_row
  CHECK (id = 1);
ALTER TABLE sandbox_clock ADD CONSTRAINT sandbox_clock_one_row
  CHECK (id = 1);
ALTER TABLE subscription ADD CONSTRAINT subscription_agreement_is_a_price
  CHECK ((agreed_price >= 0) AND (agreed_months > 0));
ALTER TABLE subscription ADD CONSTRAINT subscription_charged_by_a_card
  CHECK ((next_charge_at IS NULL) OR (is_active AND (payment_method_id IS NOT NULL) AND (NOT cancel_at_period_end)));
ALTER TABLE subscription ADD CONSTRAINT subscription_dates_in_order
  CHECK (start_date < end_date);
ALTER TABLE subscription ADD CONSTRAINT subscription_grace_is_past_due
  CHECK ((grace_until IS NULL) OR (past_due_since IS NOT NULL));
ALTER TABLE subscription ADD CONSTRAINT subscription_hold_has_a_reason
  CHECK ((renewal_held_at IS NULL) = (renewal_held_reason IS NULL));
ALTER TABLE subscription ADD CONSTRAINT subscription_hold_reason_is_known
  CHECK (renewal_held_reason IN ('SEVERAL_DUE', 'MISMATCH', 'DEFECT'));
ALTER TABLE subscription ADD CONSTRAINT subscription_months_not_negative
  CHECK (anchor_months >= 0);
ALTER TABLE subscription ADD CONSTRAINT subscription_next_is_whole
  CHECK (num_nulls(next_plan_id, next_price, next_months) = ANY (ARRAY[0, 3]));
ALTER TABLE subscription ADD CONSTRAINT subscription_switch_is_whole
  CHECK (num_nulls(switch_at, switch_plan_id) = ANY (ARRAY[0, 2]));
ALTER TABLE subscription ADD CONSTRAINT subscription_status_follows
  CHECK (status = CASE
    WHEN is_active AND past_due_since IS NOT NULL THEN 'PAST_DUE'
    WHEN is_active AND is_trial THEN 'TRIALING'
    WHEN is_active THEN 'ACTIVE'
    WHEN cancel_at_period_end THEN 'CANCELED'
    ELSE 'EXPIRED' END::"SubscriptionStatus");
ALTER TABLE subscription ADD CONSTRAINT subscription_renewal_state_follows
  CHECK (renewal_state = CASE
    WHEN renewal_order_id IS NOT NULL THEN 'CHARGING'
    WHEN renewal_held_at IS NOT NULL THEN 'ON_HOLD'
    WHEN next_charge_at IS NOT NULL THEN 'SCHEDULED'
    ELSE 'NONE' END::"RenewalState");
ALTER TABLE subscription ADD CONSTRAINT subscription_renewal_ends_with_it
  CHECK (is_active OR (renewal_state = 'NONE'));
ALTER TABLE subscription_period ADD CONSTRAINT subscription_period_credited_within_price
  CHECK ((credited >= 0) AND (credited <= price));
ALTER TABLE subscription_period ADD CONSTRAINT subscription_period_dates_in_order
  CHECK (starts_at < ends_at);
ALTER TABLE subscription_period ADD CONSTRAINT subscription_period_months_positive
  CHECK (months > 0);
ALTER TABLE incoming_webhook ADD CONSTRAINT incoming_webhook_about
  CHECK (about IN ('payment', 'deposit', 'refund', 'payment_method', 'other'));
ALTER TABLE incoming_webhook ADD CONSTRAINT incoming_webhook_only_pending_is_tried
  CHECK ((status = 'PENDING') OR (next_try_at IS NULL));
ALTER TABLE incoming_webhook ADD CONSTRAINT incoming_webhook_provider
  CHECK (provider IN ('toss'));
ALTER TABLE incoming_webhook ADD CONSTRAINT incoming_webhook_shows_what_it_keeps
  CHECK ((body IS NOT NULL) OR (data IS NULL));

CREATE INDEX balance_entry_of_order ON balance_entry (order_id) WHERE order_id IS NOT NULL;
CREATE UNIQUE INDEX balance_entry_once_per_order ON balance_entry (order_id, reason, round)
  WHERE (order_id IS NOT NULL) AND ((reason)::text <> 'refund'::text);
-- With a condition: an index of all its rows would make the column a part of the key, and a charge that begins or ends
-- would wait for each row that is being written for its buyer.
CREATE UNIQUE INDEX customer_charging_once ON customer (charging_order_id) WHERE charging_order_id IS NOT NULL;
CREATE INDEX event_entry_of_order ON event_entry (order_id);
CREATE UNIQUE INDEX event_entry_one_gift_per_order ON event_entry (order_id, round) WHERE amount > 0;
CREATE INDEX event_entry_total ON event_entry (plan_id) INCLUDE (amount);
CREATE INDEX invoice_drafts_of ON invoice (user_id) WHERE status = 'DRAFT';
CREATE INDEX invoice_drafts_by_expiry ON invoice (expires_at) WHERE status = 'DRAFT';
CREATE INDEX invoice_of_period ON invoice (subscription_id, due_at) WHERE subscription_id IS NOT NULL;
CREATE UNIQUE INDEX invoice_once_per_period ON invoice (subscription_id, due_at)
  WHERE (subscription_id IS NOT NULL) AND (status IN ('OPEN', 'PAID'));
CREATE INDEX invoice_past_due ON invoice (subscription_id) WHERE status = 'PAST_DUE';
CREATE INDEX invoice_with_balance ON invoice (user_id) WHERE balance_used > 0;
CREATE INDEX outgoing_event_to_try ON outgoing_event (next_try_at, id) WHERE next_try_at IS NOT NULL;
CREATE INDEX payment_void_to_try ON payment_void (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX payment_approved_at ON payment (approved_at) WHERE approved_at IS NOT NULL;
CREATE INDEX payment_card_end ON payment ("right"((card_number)::text, 4), created_at DESC)
  WHERE card_number IS NOT NULL;
CREATE UNIQUE INDEX payment_ref_once ON payment (provider_ref, provider) WHERE status <> 'FAILED';
CREATE INDEX payment_never_requested ON payment (created_at)
  WHERE (status = 'FAILED') AND (provider_ref IS NULL) AND (payment_method_id IS NULL);
CREATE UNIQUE INDEX payment_one_charge_at_once ON payment (user_id)
  WHERE (payment_method_id IS NOT NULL) AND (status = 'PENDING') AND (stopped_at IS NULL);
CREATE INDEX payment_reversed ON payment (reversed_at) WHERE reversed_at IS NOT NULL;
CREATE INDEX payment_to_poll ON payment (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX payment_pending ON payment (created_at) WHERE status = 'PENDING';
CREATE INDEX payment_attempt_failures ON payment_attempt (requested_at)
  WHERE outcome IN ('DECLINED', 'REFUSED', 'MISMATCHED');
CREATE INDEX reconciliation_difference_open ON reconciliation_difference (date) WHERE resolved_at IS NULL;
CREATE INDEX refund_completed_at ON refund (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX refund_to_try ON refund (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX subscription_held_renewals ON subscription (renewal_held_at) WHERE renewal_held_at IS NOT NULL;
CREATE INDEX subscription_of_card ON subscription (payment_method_id) WHERE payment_method_id IS NOT NULL;
CREATE UNIQUE INDEX subscription_one_live_per_user ON subscription (user_id) WHERE is_active;
CREATE INDEX subscription_past_due ON subscription (past_due_since) WHERE past_due_since IS NOT NULL;
CREATE INDEX subscription_renewal_under_way ON subscription (renewal_order_id) WHERE renewal_order_id IS NOT NULL;
CREATE INDEX subscription_to_charge ON subscription (next_charge_at)
  WHERE (next_charge_at IS NOT NULL) AND (renewal_held_at IS NULL);
CREATE INDEX subscription_to_expire ON subscription (end_date) WHERE is_active;
CREATE INDEX subscription_to_switch ON subscription (switch_at) WHERE is_active AND (switch_at IS NOT NULL);
CREATE INDEX incoming_webhook_digests ON incoming_webhook (created_at)
  WHERE (body IS NULL) AND (processed_at IS NOT NULL);
CREATE INDEX incoming_webhook_to_process ON incoming_webhook (is_urgent DESC, next_try_at, id)
  WHERE next_try_at IS NOT NULL;

-- Periods of a subscription that are not voided never overlap. Checked at commit: a change ends one period and inserts another.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE subscription_period ADD CONSTRAINT subscription_period_no_overlap
  EXCLUDE USING gist (subscription_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (voided_at IS NULL)
  DEFERRABLE INITIALLY DEFERRED;

-- Records that are never rewritten.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER balance_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON balance_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON consent
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER price_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON price
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Law, and promise: a renewal charges what was agreed, and nothing that was free is charged without the buyer's consent.
CREATE FUNCTION refuse_charge_without_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mine subscription;
  charged int := NEW.amount + GREATEST(NEW.balance_used, 0);
BEGIN
  SELECT * INTO mine FROM subscription WHERE id = NEW.subscription_id;
  IF NEW.plan_id <> COALESCE(mine.next_plan_id, mine.agreed_plan_id)
    OR NEW.duration_months <> COALESCE(mine.next_months, mine.agreed_months)
  THEN
    RAISE EXCEPTION 'a renewal charges the plan and the months that were agreed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_keeps_agreement';
  END IF;
  IF (mine.needs_consent OR charged > COALESCE(mine.next_price, mine.agreed_price)) AND NOT EXISTS (
    SELECT FROM consent
    WHERE id = NEW.consent_id AND subscription_id = NEW.subscription_id AND plan_id = NEW.plan_id AND price >= charged
      AND given_at BETWEEN NEW.created_at - interval '30 days' AND NEW.created_at
  ) THEN
    RAISE EXCEPTION 'a renewal of % won needs the consent of the buyer', NEW.amount
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_needs_consent';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_needs_consent BEFORE INSERT ON invoice FOR EACH ROW
  WHEN (NEW.subscription_id IS NOT NULL) EXECUTE FUNCTION refuse_charge_without_consent();

-- A writer found the subscription changed since it was read: the whole statement is undone, and the writer reads again.
CREATE FUNCTION refuse_stale_subscription() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'constraint "subscription_version": the subscription has changed since it was read'
    USING ERRCODE = 'GK001', CONSTRAINT = 'subscription_version';
END $$;

-- What a buyer may still use of their balance, in won (negative: they owe): less what open orders and payments under way
-- have reserved, but for one order. Exact under a lock of the customer's row.
CREATE FUNCTION available_balance(buyer text, at_time timestamptz, except_order text) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT (
    (SELECT COALESCE(sum(amount), 0) FROM balance_entry WHERE user_id = buyer)
    - (SELECT COALESCE(sum(balance_used), 0) FROM invoice
      WHERE user_id = buyer AND balance_used > 0 AND order_id <> except_order
        AND ((status = 'DRAFT' AND expires_at > at_time)
          OR EXISTS (SELECT FROM payment
            WHERE payment.order_id = invoice.order_id AND payment.status IN ('PENDING', 'WAITING_FOR_DEPOSIT'))))
  )::int
$$;
