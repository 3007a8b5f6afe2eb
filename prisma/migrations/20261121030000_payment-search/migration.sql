-- CreateIndex
CREATE INDEX "payment_attempt_key" ON "payment_attempt"("payment_key");

-- What Prisma cannot say -----------------------------------------------------------------------------------------

-- A caller reads out the end of their card: an operator finds the newest payments with it.
CREATE INDEX "payment_card_end" ON "payment"(right("card_number", 4), "created_at" DESC) WHERE "card_number" IS NOT NULL;
