-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "mobile_phone" VARCHAR(20);
