-- AlterTable
ALTER TABLE "subscription_period" ADD COLUMN     "ended_by_id" UUID,
ADD COLUMN     "original_ends_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "asked_at" TIMESTAMPTZ(3),
ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "end_subscription" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "last_code" VARCHAR(100),
ADD COLUMN     "masked_account" JSONB,
ADD COLUMN     "next_try_at" TIMESTAMPTZ(3),
ADD COLUMN     "sealed_account" VARCHAR(600);

-- What Prisma cannot say
CREATE INDEX "refund_to_try" ON "refund"("next_try_at") WHERE "next_try_at" IS NOT NULL;
ALTER TABLE "refund"
  ADD CONSTRAINT "refund_done_has_time" CHECK ("status" <> 'REFUNDED' OR "completed_at" IS NOT NULL),
  ADD CONSTRAINT "refund_only_pending_is_tried" CHECK ("status" = 'PENDING' OR "next_try_at" IS NULL),
  ADD CONSTRAINT "refund_account_is_forgotten" CHECK ("status" = 'PENDING' OR "sealed_account" IS NULL);

-- A refund in parts may come back to the balance more than once.
DROP INDEX "balance_entry_once_per_order";
CREATE UNIQUE INDEX "balance_entry_once_per_order" ON "balance_entry"("order_id", "reason") WHERE "order_id" IS NOT NULL AND "reason" <> 'refund';
