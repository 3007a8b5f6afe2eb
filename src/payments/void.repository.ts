import { Injectable } from '@nestjs/common';
import { type PaymentVoid, PrismaService, statement, t } from '../platform/database/index.ts';

const claimed = { id: t.uuid, orderId: t.text, paymentKey: t.text, reason: t.text, attempts: t.int };

const CLAIM = statement('void.claim', {
  params: { now: t.instant, lease: t.instant, limit: t.int },
  row: claimed,
  sql: `
    UPDATE payment_void SET next_try_at = :lease::timestamptz
    WHERE id = ANY(ARRAY(
      SELECT id FROM payment_void WHERE next_try_at <= :now::timestamptz
      ORDER BY next_try_at LIMIT :limit::int FOR UPDATE SKIP LOCKED))
    RETURNING id, order_id, payment_key, reason, attempts`,
});

const CLAIM_OF = statement('void.claim_of', {
  params: { now: t.instant, lease: t.instant, paymentKey: t.text },
  row: claimed,
  sql: `
    UPDATE payment_void SET next_try_at = :lease::timestamptz
    WHERE id = ANY(ARRAY(
      SELECT id FROM payment_void WHERE payment_key = :paymentKey AND next_try_at <= :now::timestamptz
      FOR UPDATE SKIP LOCKED))
    RETURNING id, order_id, payment_key, reason, attempts`,
});

/** A void that this program tries until its lease ends. */
export type ClaimedVoid = Pick<PaymentVoid, 'id' | 'orderId' | 'paymentKey' | 'reason' | 'attempts'>;

/** The rows of voids (망취소): money that goes back because it should not have been taken. */
@Injectable()
export class VoidRepository {
  constructor(private readonly prisma: PrismaService) {}

  claim(now: Date, lease: Date, limit: number): Promise<ClaimedVoid[]> {
    return this.prisma.run(CLAIM, { now, lease, limit });
  }

  /** The void of one payment of the provider's, where it is due. */
  claimOf(paymentKey: string, now: Date, lease: Date): Promise<ClaimedVoid[]> {
    return this.prisma.run(CLAIM_OF, { paymentKey, now, lease });
  }

  async done(id: string, now: Date): Promise<void> {
    const data = { status: 'CANCELED' as const, canceledAt: now, nextTryAt: null, lastCode: null };
    await this.prisma.paymentVoid.update({ where: { id }, data });
  }

  async tryAgain(id: string, data: { lastCode: string; nextTryAt: Date; attempts: number }): Promise<void> {
    await this.prisma.paymentVoid.update({ where: { id }, data });
  }

  /** Whether a payment of the provider's is given back, or has been. */
  async exists(paymentKey: string): Promise<boolean> {
    return (await this.prisma.paymentVoid.count({ where: { paymentKey } })) > 0;
  }
}
