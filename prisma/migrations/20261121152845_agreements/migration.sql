-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "charging_order_id" VARCHAR(64);

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "refund_if_taken" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "stopped_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "subscription" DROP COLUMN "announced_price",
ADD COLUMN     "agreed_months" INTEGER,
ADD COLUMN     "agreed_plan_id" INTEGER,
ADD COLUMN     "announced_amount" INTEGER,
ADD COLUMN     "needs_consent" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "next_months" INTEGER,
ADD COLUMN     "next_price" INTEGER,
ADD COLUMN     "renewal_held_reason" VARCHAR(20),
ADD COLUMN     "switch_at" TIMESTAMPTZ(3),
ADD COLUMN     "switch_plan_id" INTEGER,
ALTER COLUMN "agreed_price" DROP DEFAULT;

-- AlterTable
ALTER TABLE "subscription_period" ADD COLUMN     "agreed_before" JSONB,
ADD COLUMN     "list_price" INTEGER;

-- What was agreed before now: the plan as it is on this day, for at most the price that was agreed.
UPDATE "subscription" SET "needs_consent" = "is_trial", "agreed_plan_id" = plan.id, "agreed_months" = plan.duration_months,
  "renewal_held_reason" = CASE WHEN "renewal_held_at" IS NOT NULL THEN 'SEVERAL_DUE' END
FROM plan WHERE plan.id = "subscription".plan_id;
UPDATE "subscription" SET "next_price" = plan.price, "next_months" = plan.duration_months FROM plan WHERE plan.id = "subscription".next_plan_id;
UPDATE "subscription" SET "switch_at" = period.starts_at, "switch_plan_id" = period.plan_id, "next_plan_id" = NULL, "next_price" = NULL, "next_months" = NULL
FROM "subscription_period" period
WHERE period.subscription_id = "subscription".id AND period.plan_id = "subscription".next_plan_id AND period.voided_at IS NULL
  AND "subscription".is_active AND period.starts_at > now();
UPDATE "subscription_period" SET "list_price" = COALESCE(plan.price, "subscription_period".price) FROM plan WHERE plan.id = "subscription_period".plan_id;

ALTER TABLE "subscription" ALTER COLUMN "agreed_plan_id" SET NOT NULL, ALTER COLUMN "agreed_months" SET NOT NULL;
ALTER TABLE "subscription_period" ALTER COLUMN "list_price" SET NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "customer_charging_order_id_key" ON "customer"("charging_order_id");

-- CreateIndex
CREATE INDEX "temp_order_of_user" ON "temp_order"("user_id");

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_charging_order_id_fkey" FOREIGN KEY ("charging_order_id") REFERENCES "payment"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_switch_plan_id_fkey" FOREIGN KEY ("switch_plan_id") REFERENCES "plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_agreed_plan_id_fkey" FOREIGN KEY ("agreed_plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say -----------------------------------------------------------------------------------------

ALTER TABLE "subscription"
  ADD CONSTRAINT "subscription_agreement_is_a_price" CHECK ("agreed_price" >= 0 AND "agreed_months" > 0),
  ADD CONSTRAINT "subscription_next_is_whole" CHECK (num_nulls("next_plan_id", "next_price", "next_months") IN (0, 3)),
  ADD CONSTRAINT "subscription_switch_is_whole" CHECK (num_nulls("switch_at", "switch_plan_id") IN (0, 2)),
  ADD CONSTRAINT "subscription_hold_has_a_reason" CHECK (("renewal_held_at" IS NULL) = ("renewal_held_reason" IS NULL)),
  ADD CONSTRAINT "subscription_hold_reason_is_known" CHECK ("renewal_held_reason" IN ('SEVERAL_DUE', 'MISMATCH', 'DEFECT'));

-- Where the plan of the period in force becomes another one.
DROP INDEX "subscription_to_switch";
CREATE INDEX "subscription_to_switch" ON "subscription"("switch_at") WHERE "is_active" AND "switch_at" IS NOT NULL;

-- An order whose price is covered by the balance takes no money: it has no payment key.
ALTER TABLE "temp_order" DROP CONSTRAINT "temp_order_amount_positive", ADD CONSTRAINT "temp_order_amount_not_negative" CHECK ("amount" >= 0);
ALTER TABLE "payment"
  DROP CONSTRAINT "payment_amount_positive",
  DROP CONSTRAINT "payment_paid_has_key",
  ADD CONSTRAINT "payment_amount_not_negative" CHECK ("amount" >= 0),
  ADD CONSTRAINT "payment_paid_has_key" CHECK ("status" IN ('PENDING', 'FAILED', 'EXPIRED') OR "payment_key" IS NOT NULL OR "amount" = 0),
  ADD CONSTRAINT "payment_refunded_if_stopped" CHECK (NOT "refund_if_taken" OR "stopped_at" IS NOT NULL);

-- A period is renewed once. What failed may be charged again under another order; what was refunded, on the buyer's word.
DROP INDEX "payment_once_per_period";
CREATE UNIQUE INDEX "payment_once_per_period" ON "payment"("subscription_id", "due_at") WHERE "subscription_id" IS NOT NULL AND "status" NOT IN ('FAILED', 'REFUNDED');
CREATE INDEX "payment_of_period" ON "payment"("subscription_id", "due_at") WHERE "subscription_id" IS NOT NULL;
-- Nobody's cards are charged twice at once. What the buyer stopped blocks nothing.
DROP INDEX "payment_one_charge_at_once";
CREATE UNIQUE INDEX "payment_one_charge_at_once" ON "payment"("user_id") WHERE "billing_key_id" IS NOT NULL AND "status" = 'PENDING' AND "stopped_at" IS NULL;

-- What reserves a balance.
CREATE INDEX "temp_order_with_balance" ON "temp_order"("user_id") WHERE "balance_used" > 0;
CREATE INDEX "payment_with_balance" ON "payment"("user_id") WHERE "balance_used" > 0 AND "status" IN ('PENDING', 'WAITING_FOR_DEPOSIT');

-- Article 13, paragraph 6 of the E-commerce Act: nobody is charged for the first time after a trial, nor more, for less time or for
-- another plan than they agreed to, without having consented within the 30 days before. Whatever the program thinks, no such
-- payment comes to be.
CREATE OR REPLACE FUNCTION "refuse_charge_without_consent"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mine subscription;
  charged int := NEW.amount + GREATEST(NEW.balance_used, 0);
BEGIN
  SELECT * INTO mine FROM subscription WHERE id = NEW.subscription_id;
  IF NEW.plan_id <> COALESCE(mine.next_plan_id, mine.agreed_plan_id) OR NEW.duration_months <> COALESCE(mine.next_months, mine.agreed_months) THEN
    RAISE EXCEPTION 'a renewal charges the plan and the months that were agreed' USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_keeps_agreement';
  END IF;
  IF (mine.needs_consent OR charged > COALESCE(mine.next_price, mine.agreed_price)) AND NOT EXISTS (
    SELECT FROM consent
    WHERE id = NEW.consent_id AND subscription_id = NEW.subscription_id AND plan_id = NEW.plan_id AND price >= charged
      AND given_at BETWEEN NEW.created_at - interval '30 days' AND NEW.created_at
  ) THEN
    RAISE EXCEPTION 'a renewal of % won needs the consent of the buyer', NEW.amount USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_needs_consent';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER "payment_needs_consent" ON "payment";
CREATE TRIGGER "payment_needs_consent" BEFORE INSERT ON "payment"
  FOR EACH ROW WHEN (NEW."subscription_id" IS NOT NULL) EXECUTE FUNCTION "refuse_charge_without_consent"();
