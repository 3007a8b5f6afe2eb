-- CreateEnum
CREATE TYPE "WebhookStatus" AS ENUM ('PENDING', 'PROCESSED', 'UNHANDLED', 'FAILED');

-- CreateEnum
CREATE TYPE "DifferenceKind" AS ENUM ('MISSING_HERE', 'MISSING_THERE', 'AMOUNT', 'STATUS');

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "reversal_count" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "event_entry" ADD COLUMN     "round" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "balance_entry" ADD COLUMN     "round" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "webhook_event" (
    "id" UUID NOT NULL,
    "transmission_id" VARCHAR(100) NOT NULL,
    "type" VARCHAR(60) NOT NULL,
    "body" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "order_id" VARCHAR(64),
    "payment_key" VARCHAR(200),
    "retried_count" INTEGER NOT NULL,
    "transmitted_at" TIMESTAMPTZ(3),
    "status" "WebhookStatus" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "note" VARCHAR(200),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_event_pkey" PRIMARY KEY ("id")
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
    "payment_key" VARCHAR(200) NOT NULL,
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

-- CreateIndex
CREATE UNIQUE INDEX "webhook_event_transmission_id_key" ON "webhook_event"("transmission_id");

-- CreateIndex
CREATE INDEX "webhook_event_newest" ON "webhook_event"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "webhook_event_of_order" ON "webhook_event"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "reconciliation_difference_once" ON "reconciliation_difference"("date", "kind", "payment_key", "transaction_key");

-- AddForeignKey
ALTER TABLE "reconciliation_difference" ADD CONSTRAINT "reconciliation_difference_date_fkey" FOREIGN KEY ("date") REFERENCES "reconciliation"("date") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say
CREATE INDEX "webhook_event_to_process" ON "webhook_event"("next_try_at") WHERE "next_try_at" IS NOT NULL;
CREATE INDEX "reconciliation_difference_open" ON "reconciliation_difference"("date") WHERE "resolved_at" IS NULL;
CREATE INDEX "payment_approved_at" ON "payment"("approved_at") WHERE "approved_at" IS NOT NULL;
CREATE INDEX "refund_completed_at" ON "refund"("completed_at") WHERE "completed_at" IS NOT NULL;
ALTER TABLE "webhook_event"
  ADD CONSTRAINT "webhook_event_only_pending_is_tried" CHECK ("status" = 'PENDING' OR "next_try_at" IS NULL);
ALTER TABLE "reconciliation_difference"
  ADD CONSTRAINT "reconciliation_difference_resolved_by_somebody" CHECK (("resolved_at" IS NULL) = ("resolved_by" IS NULL));

-- A deposit that comes again is granted again.
DROP INDEX "balance_entry_once_per_order";
CREATE UNIQUE INDEX "balance_entry_once_per_order" ON "balance_entry"("order_id", "reason", "round") WHERE "order_id" IS NOT NULL AND "reason" <> 'refund';
DROP INDEX "event_entry_one_gift_per_order";
CREATE UNIQUE INDEX "event_entry_one_gift_per_order" ON "event_entry"("order_id", "round") WHERE "amount" > 0;
