-- AlterTable
ALTER TABLE "billing_key" ADD COLUMN     "key_hash" CHAR(64);

-- CreateIndex
CREATE UNIQUE INDEX "billing_key_key_hash_key" ON "billing_key"("key_hash");
