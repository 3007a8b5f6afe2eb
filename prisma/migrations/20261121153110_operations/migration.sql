-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "reversed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "request_hash" CHAR(64);

-- CreateTable
CREATE TABLE "job_run" (
    "name" VARCHAR(60) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "is_done" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("name","due_at")
);

-- CreateIndex
CREATE INDEX "payment_of_status" ON "payment"("status", "created_at" DESC, "order_id" DESC);

-- CreateIndex
CREATE INDEX "payment_of_plan" ON "payment"("plan_id", "created_at" DESC, "order_id" DESC);

-- CreateIndex
CREATE INDEX "net_cancel_of_order" ON "net_cancel"("order_id");

-- CreateIndex
CREATE INDEX "subscription_of_status" ON "subscription"("is_active", "is_trial", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "subscription_of_end" ON "subscription"("is_active", "cancel_at_period_end", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "message_of_type" ON "message"("type", "id" DESC);

-- CreateIndex
CREATE INDEX "message_of_status" ON "message"("status", "id" DESC);

-- CreateIndex
CREATE INDEX "refund_of_status" ON "refund"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "webhook_event_of_type" ON "webhook_event"("type", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "webhook_event_of_status" ON "webhook_event"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_log_of_actor" ON "audit_log"("actor", "id" DESC);

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_consent_id_fkey" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_renewal_order_id_fkey" FOREIGN KEY ("renewal_order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_ended_by_id_fkey" FOREIGN KEY ("ended_by_id") REFERENCES "subscription_period"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "balance_entry" ADD CONSTRAINT "balance_entry_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express -------------------------------------------------------------------------------------

-- A payment that never reached a provider is deleted after a while; each reference to it is then looked up.
CREATE INDEX "event_entry_of_order" ON "event_entry"("order_id");
CREATE INDEX "balance_entry_of_order" ON "balance_entry"("order_id") WHERE "order_id" IS NOT NULL;
CREATE INDEX "subscription_renewal_under_way" ON "subscription"("renewal_order_id") WHERE "renewal_order_id" IS NOT NULL;
CREATE INDEX "payment_never_requested" ON "payment"("created_at") WHERE "status" = 'FAILED' AND "payment_key" IS NULL AND "billing_key_id" IS NULL;
CREATE INDEX "payment_reversed" ON "payment"("reversed_at") WHERE "reversed_at" IS NOT NULL;

ALTER TABLE "balance_entry"
  ADD CONSTRAINT "balance_entry_reason" CHECK ("reason" IN ('used', 'change', 'refund', 'kept'));
ALTER TABLE "net_cancel"
  ADD CONSTRAINT "net_cancel_reason" CHECK ("reason" IN ('PAYMENT_MISMATCH', 'PAYMENT_SURPLUS', 'ORDER_OUTDATED', 'PAYMENT_STOPPED'));
ALTER TABLE "audit_log"
  ADD CONSTRAINT "audit_log_role" CHECK ("role" IN ('customer', 'operator', 'admin'));
ALTER TABLE "refund"
  ADD CONSTRAINT "refund_request_is_hashed" CHECK ("request_hash" IS NULL OR "request_key" IS NOT NULL);
