-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "before_deposit" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "request_key" CHAR(64);

-- CreateIndex
CREATE UNIQUE INDEX "refund_request_key_key" ON "refund"("request_key");
