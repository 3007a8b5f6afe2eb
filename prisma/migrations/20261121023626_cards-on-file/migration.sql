-- CreateEnum
CREATE TYPE "BillingKeyStatus" AS ENUM ('ISSUING', 'ACTIVE', 'UNKNOWN', 'FAILED', 'DELETED');

-- CreateEnum
CREATE TYPE "ConsentKind" AS ENUM ('TRIAL_TO_PAID', 'PRICE_RISE');

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "billing_key_id" UUID,
ADD COLUMN     "consent_id" UUID,
ADD COLUMN     "due_at" TIMESTAMPTZ(3),
ADD COLUMN     "subscription_id" UUID;

-- AlterTable
ALTER TABLE "payment_attempt" ADD COLUMN     "billing_key_id" UUID,
ADD COLUMN     "planned_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "subscription" ADD COLUMN     "agreed_price" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "announced_for" TIMESTAMPTZ(3),
ADD COLUMN     "announced_price" INTEGER,
ADD COLUMN     "billing_key_id" UUID,
ADD COLUMN     "grace_until" TIMESTAMPTZ(3),
ADD COLUMN     "is_trial" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "next_charge_at" TIMESTAMPTZ(3),
ADD COLUMN     "past_due_since" TIMESTAMPTZ(3),
ADD COLUMN     "renewal_held_at" TIMESTAMPTZ(3),
ADD COLUMN     "renewal_order_id" VARCHAR(64);

-- CreateTable
CREATE TABLE "billing_key" (
    "id" UUID NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "customer_key" VARCHAR(50) NOT NULL,
    "status" "BillingKeyStatus" NOT NULL,
    "auth_key_hash" CHAR(64) NOT NULL,
    "idempotency_key" VARCHAR(300) NOT NULL,
    "sealed_key" VARCHAR(600),
    "method" VARCHAR(30),
    "issuer_code" VARCHAR(4),
    "card_number" VARCHAR(30),
    "card_type" VARCHAR(10),
    "failure_code" VARCHAR(100),
    "failure_message" VARCHAR(600),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "issued_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "billing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "kind" "ConsentKind" NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "price" INTEGER NOT NULL,
    "text_version" VARCHAR(40) NOT NULL,
    "channel" VARCHAR(20) NOT NULL,
    "user_id" VARCHAR(64) NOT NULL,
    "address" VARCHAR(45) NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "renewal_switch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "paused_at" TIMESTAMPTZ(3),
    "paused_by" VARCHAR(64),
    "reason" VARCHAR(500),

    CONSTRAINT "renewal_switch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "billing_key_auth_key_hash_key" ON "billing_key"("auth_key_hash");

-- CreateIndex
CREATE UNIQUE INDEX "billing_key_idempotency_key_key" ON "billing_key"("idempotency_key");

-- CreateIndex
CREATE INDEX "billing_key_of_user" ON "billing_key"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "consent_of_subscription" ON "consent"("subscription_id", "given_at");

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_billing_key_id_fkey" FOREIGN KEY ("billing_key_id") REFERENCES "billing_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_billing_key_id_fkey" FOREIGN KEY ("billing_key_id") REFERENCES "billing_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_billing_key_id_fkey" FOREIGN KEY ("billing_key_id") REFERENCES "billing_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say -----------------------------------------------------------------------------------------

-- Every period that was bought before was bought at this price, or more.
UPDATE "subscription" SET "agreed_price" = plan.price FROM plan WHERE plan.id = "subscription".plan_id AND plan.price IS NOT NULL;

-- One series of attempts per subscription and period, whoever begins it. What was refunded may be bought again, on the buyer's word.
CREATE UNIQUE INDEX "payment_once_per_period" ON "payment"("subscription_id", "due_at") WHERE "subscription_id" IS NOT NULL AND "status" <> 'REFUNDED';
-- Nobody's cards are charged twice at once.
CREATE UNIQUE INDEX "payment_one_charge_at_once" ON "payment"("user_id") WHERE "billing_key_id" IS NOT NULL AND "status" = 'PENDING';

-- What the jobs look for, and nothing else.
CREATE INDEX "subscription_to_charge" ON "subscription"("next_charge_at") WHERE "next_charge_at" IS NOT NULL AND "renewal_held_at" IS NULL;
CREATE INDEX "subscription_held_renewals" ON "subscription"("renewal_held_at") WHERE "renewal_held_at" IS NOT NULL;
CREATE INDEX "subscription_past_due" ON "subscription"("past_due_since") WHERE "past_due_since" IS NOT NULL;
CREATE INDEX "subscription_of_card" ON "subscription"("billing_key_id") WHERE "billing_key_id" IS NOT NULL;
CREATE INDEX "payment_renewals_by_day" ON "payment"("created_at") WHERE "subscription_id" IS NOT NULL;

ALTER TABLE "subscription"
  DROP CONSTRAINT "subscription_months_positive",
  -- A trial has none yet: its end is the anchor.
  ADD CONSTRAINT "subscription_months_not_negative" CHECK ("anchor_months" >= 0),
  ADD CONSTRAINT "subscription_charged_by_a_card" CHECK ("next_charge_at" IS NULL OR ("is_active" AND "billing_key_id" IS NOT NULL AND NOT "cancel_at_period_end")),
  ADD CONSTRAINT "subscription_grace_is_past_due" CHECK ("grace_until" IS NULL OR "past_due_since" IS NOT NULL);

ALTER TABLE "payment"
  ADD CONSTRAINT "payment_renewal_is_a_charge" CHECK ("subscription_id" IS NULL OR ("billing_key_id" IS NOT NULL AND "due_at" IS NOT NULL));

ALTER TABLE "billing_key"
  ADD CONSTRAINT "billing_key_sealed_while_active" CHECK (("status" = 'ACTIVE') = ("sealed_key" IS NOT NULL));

ALTER TABLE "renewal_switch"
  ADD CONSTRAINT "renewal_switch_one_row" CHECK ("id" = 1);

-- Article 13, paragraph 6 of the E-commerce Act: nobody is charged for the first time after a trial, or more than before, without
-- having agreed to it within the 30 days before. Whatever the program thinks, no such payment comes to be.
CREATE FUNCTION "refuse_charge_without_consent"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM subscription WHERE id = NEW.subscription_id AND (is_trial OR NEW.amount + NEW.balance_used > agreed_price)
  ) AND NOT EXISTS (
    SELECT FROM consent
    WHERE id = NEW.consent_id AND subscription_id = NEW.subscription_id AND plan_id = NEW.plan_id AND price >= NEW.amount + NEW.balance_used
      AND given_at BETWEEN NEW.created_at - interval '30 days' AND NEW.created_at
  ) THEN
    RAISE EXCEPTION 'a renewal of % won needs the consent of the buyer', NEW.amount USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_needs_consent';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "payment_needs_consent" BEFORE INSERT ON "payment"
  FOR EACH ROW WHEN (NEW."subscription_id" IS NOT NULL) EXECUTE FUNCTION "refuse_charge_without_consent"();
CREATE TRIGGER "consent_append_only" BEFORE UPDATE OR DELETE ON "consent"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
