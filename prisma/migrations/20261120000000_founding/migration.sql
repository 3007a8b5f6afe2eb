-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "PlanType" AS ENUM ('BASIC', 'PREMIUM', 'EVENT');

-- CreateEnum
CREATE TYPE "PaymentStatus" AS ENUM ('PENDING', 'WAITING_FOR_DEPOSIT', 'SUCCESS', 'FAILED', 'EXPIRED', 'PARTIALLY_REFUNDED', 'REFUNDED');

-- CreateEnum
CREATE TYPE "AttemptOutcome" AS ENUM ('APPROVED', 'DECLINED', 'REFUSED', 'MISMATCHED', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "RefundStatus" AS ENUM ('PENDING', 'REFUNDED', 'FAILED');

-- CreateEnum
CREATE TYPE "NetCancelStatus" AS ENUM ('PENDING', 'CANCELED');

-- CreateTable
CREATE TABLE "plan" (
    "id" SERIAL NOT NULL,
    "type" "PlanType" NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "price" INTEGER,
    "currency" CHAR(3) NOT NULL DEFAULT 'KRW',
    "duration_months" INTEGER,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer" (
    "user_id" VARCHAR(64) NOT NULL,
    "customer_key" VARCHAR(50) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "temp_order" (
    "order_id" VARCHAR(64) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "order_name" VARCHAR(100) NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'KRW',
    "duration_months" INTEGER,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "temp_order_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "payment" (
    "order_id" VARCHAR(64) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "order_name" VARCHAR(100) NOT NULL,
    "amount" INTEGER NOT NULL,
    "refunded_amount" INTEGER NOT NULL DEFAULT 0,
    "currency" CHAR(3) NOT NULL DEFAULT 'KRW',
    "duration_months" INTEGER,
    "status" "PaymentStatus" NOT NULL,
    "payment_key" VARCHAR(200),
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "method" VARCHAR(30),
    "issuer_code" VARCHAR(4),
    "easy_pay_provider" VARCHAR(30),
    "card_number" VARCHAR(30),
    "virtual_account" JSONB,
    "receipt_url" VARCHAR(500),
    "approved_at" TIMESTAMPTZ(3),
    "failure_code" VARCHAR(100),
    "failure_message" VARCHAR(600),
    "looked_at" TIMESTAMPTZ(3),
    "next_look_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "payment_attempt" (
    "order_id" VARCHAR(64) NOT NULL,
    "number" INTEGER NOT NULL,
    "payment_key" VARCHAR(200),
    "idempotency_key" VARCHAR(300),
    "outcome" "AttemptOutcome",
    "code" VARCHAR(100),
    "message" VARCHAR(600),
    "method" VARCHAR(30),
    "issuer_code" VARCHAR(4),
    "request_id" VARCHAR(100),
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("order_id","number")
);

-- CreateTable
CREATE TABLE "net_cancel" (
    "id" UUID NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "payment_key" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(30) NOT NULL,
    "status" "NetCancelStatus" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "next_try_at" TIMESTAMPTZ(3),
    "last_code" VARCHAR(100),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "canceled_at" TIMESTAMPTZ(3),

    CONSTRAINT "net_cancel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription" (
    "id" UUID NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "anchor_at" TIMESTAMPTZ(3) NOT NULL,
    "anchor_months" INTEGER NOT NULL,
    "start_date" TIMESTAMPTZ(3) NOT NULL,
    "end_date" TIMESTAMPTZ(3) NOT NULL,
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription_period" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_period_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_entry" (
    "id" BIGSERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "order_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "status" "RefundStatus" NOT NULL,
    "requested_by" VARCHAR(64) NOT NULL,
    "idempotency_key" VARCHAR(300),
    "transaction_key" VARCHAR(64),
    "failure_code" VARCHAR(100),
    "failure_message" VARCHAR(600),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
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
CREATE TABLE "sandbox_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "offset_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "sandbox_clock_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "customer_customer_key_key" ON "customer"("customer_key");

-- CreateIndex
CREATE INDEX "temp_order_expires_at" ON "temp_order"("expires_at");

-- CreateIndex
CREATE INDEX "payment_newest" ON "payment"("created_at" DESC, "order_id" DESC);

-- CreateIndex
CREATE INDEX "payment_of_user" ON "payment"("user_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payment_attempt_idempotency_key_key" ON "payment_attempt"("idempotency_key");

-- CreateIndex
CREATE INDEX "payment_attempt_asked_at" ON "payment_attempt"("asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "net_cancel_payment_key_key" ON "net_cancel"("payment_key");

-- CreateIndex
CREATE INDEX "subscription_of_user" ON "subscription"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "subscription_newest" ON "subscription"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "subscription_period_order_id_key" ON "subscription_period"("order_id");

-- CreateIndex
CREATE INDEX "subscription_period_of" ON "subscription_period"("subscription_id", "starts_at");

-- CreateIndex
CREATE UNIQUE INDEX "refund_idempotency_key_key" ON "refund"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "refund_transaction_key_key" ON "refund"("transaction_key");

-- CreateIndex
CREATE INDEX "refund_of_order" ON "refund"("order_id");

-- CreateIndex
CREATE INDEX "refund_newest" ON "refund"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_log_created_at" ON "audit_log"("created_at");

-- CreateIndex
CREATE INDEX "audit_log_of_order" ON "audit_log"("order_id");

-- CreateIndex
CREATE INDEX "idempotent_request_created_at" ON "idempotent_request"("created_at");

-- AddForeignKey
ALTER TABLE "temp_order" ADD CONSTRAINT "temp_order_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "net_cancel" ADD CONSTRAINT "net_cancel_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_entry" ADD CONSTRAINT "event_entry_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_entry" ADD CONSTRAINT "event_entry_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What Prisma cannot say -----------------------------------------------------------------------------------------

-- Once only. Whoever loses the race for one of these reads, and never calls Toss.
CREATE UNIQUE INDEX "subscription_one_live_per_user" ON "subscription"("user_id") WHERE "is_active";
CREATE UNIQUE INDEX "payment_key_once" ON "payment"("payment_key") WHERE "status" <> 'FAILED';
CREATE UNIQUE INDEX "event_entry_one_gift_per_order" ON "event_entry"("order_id") WHERE "amount" > 0;

-- What the jobs look for, and nothing else.
CREATE INDEX "payment_to_look_at" ON "payment"("next_look_at") WHERE "next_look_at" IS NOT NULL;
CREATE INDEX "net_cancel_to_try" ON "net_cancel"("next_try_at") WHERE "next_try_at" IS NOT NULL;
CREATE INDEX "subscription_to_expire" ON "subscription"("end_date") WHERE "is_active";
CREATE INDEX "payment_unsettled" ON "payment"("created_at") WHERE "status" = 'PENDING';
-- The total of an event is read from this index alone.
CREATE INDEX "event_entry_total" ON "event_entry"("plan_id") INCLUDE ("amount");
CREATE INDEX "payment_attempt_failures" ON "payment_attempt"("asked_at") WHERE "outcome" IN ('DECLINED', 'REFUSED', 'MISMATCHED');

ALTER TABLE "plan"
  ADD CONSTRAINT "plan_price_positive" CHECK ("price" > 0),
  ADD CONSTRAINT "plan_only_events_without_price" CHECK ("type" = 'EVENT' OR "price" IS NOT NULL),
  ADD CONSTRAINT "plan_only_events_without_time" CHECK (("type" = 'EVENT') = ("duration_months" IS NULL)),
  ADD CONSTRAINT "plan_duration_positive" CHECK ("duration_months" BETWEEN 1 AND 120);
ALTER TABLE "temp_order"
  ADD CONSTRAINT "temp_order_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "payment"
  ADD CONSTRAINT "payment_amount_positive" CHECK ("amount" > 0),
  ADD CONSTRAINT "payment_refunded_within_amount" CHECK ("refunded_amount" BETWEEN 0 AND "amount"),
  ADD CONSTRAINT "payment_paid_has_key" CHECK ("status" IN ('PENDING', 'FAILED', 'EXPIRED') OR "payment_key" IS NOT NULL),
  ADD CONSTRAINT "payment_paid_has_time" CHECK ("status" NOT IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') OR "approved_at" IS NOT NULL);
ALTER TABLE "subscription"
  ADD CONSTRAINT "subscription_dates_in_order" CHECK ("start_date" < "end_date"),
  ADD CONSTRAINT "subscription_months_positive" CHECK ("anchor_months" > 0);
ALTER TABLE "subscription_period"
  ADD CONSTRAINT "subscription_period_dates_in_order" CHECK ("starts_at" < "ends_at");
ALTER TABLE "event_entry"
  ADD CONSTRAINT "event_entry_amount_not_zero" CHECK ("amount" <> 0);
ALTER TABLE "refund"
  ADD CONSTRAINT "refund_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "sandbox_clock"
  ADD CONSTRAINT "sandbox_clock_one_row" CHECK ("id" = 1);

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "event_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "event_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
