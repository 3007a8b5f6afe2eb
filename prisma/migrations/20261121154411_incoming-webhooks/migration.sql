-- AlterEnum
ALTER TYPE "WebhookStatus" ADD VALUE 'DISMISSED';

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "deposit_secret_hash" CHAR(64);

-- AlterTable
ALTER TABLE "webhook_event" ADD COLUMN     "body_hash" CHAR(64),
ADD COLUMN     "is_urgent" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "not_found_count" INTEGER NOT NULL DEFAULT 0,
ALTER COLUMN "body" DROP NOT NULL,
ALTER COLUMN "data" DROP NOT NULL;

-- What Prisma's schema language cannot say.
-- What is urgent first, then what has been due for longest.
DROP INDEX "webhook_event_to_process";
CREATE INDEX "webhook_event_to_process" ON "webhook_event"("is_urgent" DESC, "next_try_at", "id") WHERE "next_try_at" IS NOT NULL;
CREATE INDEX "webhook_event_digests" ON "webhook_event"("created_at") WHERE "body" IS NULL AND "processed_at" IS NOT NULL;
ALTER TABLE "webhook_event"
  ADD CONSTRAINT "webhook_event_shows_what_it_keeps" CHECK ("body" IS NOT NULL OR "data" IS NULL);

-- What was masked by a list of forbidden names is reduced to the names that may be shown. The bodies stay as they are, sealed.
UPDATE "webhook_event" SET "data" = jsonb_strip_nulls(jsonb_build_object(
  'eventType', "data"->'eventType', 'createdAt', "data"->'createdAt', 'orderId', "data"->'orderId',
  'status', "data"->'status', 'transactionKey', "data"->'transactionKey',
  'data', jsonb_build_object(
    'orderId', "data"#>'{data,orderId}', 'paymentKey', "data"#>'{data,paymentKey}', 'status', "data"#>'{data,status}',
    'method', "data"#>'{data,method}', 'totalAmount', "data"#>'{data,totalAmount}',
    'balanceAmount', "data"#>'{data,balanceAmount}', 'transactionKey', "data"#>'{data,transactionKey}',
    'requestedAt', "data"#>'{data,requestedAt}', 'approvedAt', "data"#>'{data,approvedAt}')));
