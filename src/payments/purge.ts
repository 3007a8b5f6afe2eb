import { Injectable } from '@nestjs/common';
import { inBatches } from '../platform/database/batches.ts';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, sql } from '../platform/database/index.ts';

const KEPT_FOR_MS = 7 * 24 * 3_600_000;

/**
 * Deletes orders whose payment window failed and that were never tried again: no provider knows of them, and
 * anybody can make them.
 */
@Injectable()
export class PaymentPurge {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** @returns how many payments, each with its attempts */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_MS);
    return inBatches((limit) =>
      this.prisma.$executeRaw(sql`
        WITH gone AS (
          SELECT order_id FROM payment
          WHERE status = 'FAILED' AND payment_key IS NULL AND payment_method_id IS NULL
            AND created_at < ${before}::timestamptz
            AND NOT EXISTS (SELECT FROM temp_order WHERE temp_order.order_id = payment.order_id)
            AND NOT EXISTS (SELECT FROM outgoing_event WHERE outgoing_event.order_id = payment.order_id)
            AND NOT EXISTS (
              SELECT FROM payment_attempt made
              WHERE made.order_id = payment.order_id
                AND (made.idempotency_key IS NOT NULL OR made.requested_at >= ${before}::timestamptz))
          ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
        ), attempts AS (
          DELETE FROM payment_attempt USING gone WHERE payment_attempt.order_id = gone.order_id
        )
        DELETE FROM payment USING gone WHERE payment.order_id = gone.order_id`),
    );
  }
}
