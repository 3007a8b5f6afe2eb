-- DropForeignKey
ALTER TABLE "subscription_period" DROP CONSTRAINT "subscription_period_order_id_fkey";

-- AlterTable
ALTER TABLE "temp_order" ADD COLUMN     "balance_used" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "change" JSONB;

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "balance_used" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "change" JSONB;

-- AlterTable
ALTER TABLE "subscription" ADD COLUMN     "next_plan_id" INTEGER,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "subscription_period" ADD COLUMN     "credited" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "months" INTEGER,
ADD COLUMN     "price" INTEGER,
ADD COLUMN     "voided_at" TIMESTAMPTZ(3),
ALTER COLUMN "order_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "balance_entry" (
    "id" BIGSERIAL NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "amount" INTEGER NOT NULL,
    "reason" VARCHAR(20) NOT NULL,
    "order_id" VARCHAR(64),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "balance_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message" (
    "id" BIGSERIAL NOT NULL,
    "type" VARCHAR(60) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "subscription_id" UUID,
    "order_id" VARCHAR(64),
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "balance_entry_of_user" ON "balance_entry"("user_id");

-- CreateIndex
CREATE INDEX "message_of_subscription" ON "message"("subscription_id");

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_next_plan_id_fkey" FOREIGN KEY ("next_plan_id") REFERENCES "plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment"("order_id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma cannot say -----------------------------------------------------------------------------------------

-- Periods bought before now are worth what was paid for them.
UPDATE "subscription_period" SET "price" = payment.amount, "months" = payment.duration_months
FROM payment WHERE payment.order_id = "subscription_period".order_id;
ALTER TABLE "subscription_period"
  ALTER COLUMN "months" SET NOT NULL,
  ALTER COLUMN "price" SET NOT NULL,
  ADD CONSTRAINT "subscription_period_credited_within_price" CHECK ("credited" BETWEEN 0 AND "price"),
  ADD CONSTRAINT "subscription_period_months_positive" CHECK ("months" > 0);

-- Each order uses the balance once, and leaves something over once.
CREATE UNIQUE INDEX "balance_entry_once_per_order" ON "balance_entry"("order_id", "reason") WHERE "order_id" IS NOT NULL;
CREATE TRIGGER "balance_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "balance_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Where another plan takes over at the period's end.
CREATE INDEX "subscription_to_switch" ON "subscription"("id") WHERE "is_active" AND "next_plan_id" IS NOT NULL;
