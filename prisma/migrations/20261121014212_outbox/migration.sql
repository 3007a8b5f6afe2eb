-- CreateEnum
CREATE TYPE "MessageStatus" AS ENUM ('KEPT', 'PENDING', 'DELIVERED', 'FAILED');

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "delivered_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_error" VARCHAR(300),
ADD COLUMN     "last_status" INTEGER,
ADD COLUMN     "last_tried_at" TIMESTAMPTZ(3),
ADD COLUMN     "next_try_at" TIMESTAMPTZ(3),
ADD COLUMN     "status" "MessageStatus" NOT NULL DEFAULT 'KEPT',
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "tries_before" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "uuid" UUID NOT NULL DEFAULT gen_random_uuid();

-- CreateIndex
CREATE UNIQUE INDEX "message_uuid_key" ON "message"("uuid");

-- CreateIndex
CREATE INDEX "message_of_order" ON "message"("order_id");

-- What Prisma cannot say -----------------------------------------------------------------------------------------

-- What was written before there was anybody to tell is kept, and not sent. From now on both are given by whoever writes.
ALTER TABLE "message"
  ALTER COLUMN "status" DROP DEFAULT,
  ALTER COLUMN "uuid" DROP DEFAULT,
  ADD CONSTRAINT "message_pending_is_tried" CHECK ("status" <> 'PENDING' OR "next_try_at" IS NOT NULL),
  ADD CONSTRAINT "message_delivered_has_time" CHECK (("status" = 'DELIVERED') = ("delivered_at" IS NOT NULL)),
  ADD CONSTRAINT "message_tries_counted" CHECK ("tries_before" BETWEEN 0 AND "tries");

-- What the deliverer looks for, and nothing else.
CREATE INDEX "message_to_try" ON "message"("next_try_at", "id") WHERE "next_try_at" IS NOT NULL;
