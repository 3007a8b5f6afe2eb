import { Injectable } from '@nestjs/common';
import { type Payment, type PaymentAttempt, PrismaService, statement, t, type Tx } from '../platform/database/index.ts';
import { isPaid } from './payment.machine.ts';

/** Charges whose outcome is unknown, and that are not requested again. */
const STOP_CHARGE = statement('payment.stop_charge', {
  params: { orderId: t.text, refund: t.bool, now: t.instant },
  row: { orderId: t.text, userId: t.text },
  sql: `
    UPDATE payment SET
      stopped_at = COALESCE(stopped_at, :now::timestamptz), refund_if_taken = refund_if_taken OR :refund::bool,
      next_poll_at = COALESCE(next_poll_at, :now::timestamptz)
    WHERE order_id = :orderId AND status = 'PENDING' AND payment_method_id IS NOT NULL
    RETURNING order_id, user_id`,
});

/** A reader makes a payment be polled, but not more often than `before` allows. */
const CLAIM_POLL = statement('payment.claim_poll', {
  params: { orderId: t.text, now: t.instant, before: t.instant },
  row: { orderId: t.text },
  sql: `
    UPDATE payment SET polled_at = :now::timestamptz
    WHERE order_id = :orderId AND status = 'PENDING' AND COALESCE(polled_at, created_at) < :before::timestamptz
    RETURNING order_id`,
});

/** The payment window failed before the provider made a payment. Recorded unless a payment is under way, or done. */
const RECORD_WINDOW_FAILURE = statement('payment.record_window_failure', {
  params: { orderId: t.text, code: t.text, message: t.text, now: t.instant, maxAttempts: t.int },
  row: { orderId: t.text },
  sql: `
    WITH failed AS (
      INSERT INTO payment AS mine (order_id, user_id, amount, currency, status, failure_code, failure_message,
        attempt_count, created_at)
      SELECT order_id, user_id, amount, currency, 'FAILED', :code, :message, 1, :now::timestamptz
      FROM invoice WHERE order_id = :orderId AND status = 'DRAFT'
      ON CONFLICT (order_id) DO UPDATE SET
        failure_code = EXCLUDED.failure_code, failure_message = EXCLUDED.failure_message,
        attempt_count = mine.attempt_count + 1
      WHERE mine.status = 'FAILED' AND mine.attempt_count < :maxAttempts::int
      RETURNING order_id, attempt_count
    )
    INSERT INTO payment_attempt (order_id, number, outcome, code, message, requested_at, answered_at)
    SELECT order_id, attempt_count, 'DECLINED', :code, :message, :now::timestamptz, :now::timestamptz FROM failed
    RETURNING order_id`,
});

/** An invoice of 0 won gets a payment that no provider collects; its outcome is recorded in the same transaction. */
const BEGIN_FREE = statement('payment.begin_free', {
  params: { orderId: t.text, method: t.text, now: t.instant },
  row: { orderId: t.text },
  sql: `
    INSERT INTO payment (order_id, user_id, amount, currency, status, method, created_at)
    SELECT order_id, user_id, 0, currency, 'PENDING', :method, :now::timestamptz
    FROM invoice WHERE order_id = :orderId AND amount = 0
      AND (status = 'OPEN' OR (status = 'DRAFT' AND expires_at > :now::timestamptz))
    ON CONFLICT (order_id) DO UPDATE SET status = 'PENDING', method = EXCLUDED.method
      WHERE payment.status = 'FAILED'
    RETURNING order_id`,
});

/** Deletes payments whose window failed and that were not tried again: no provider knows them. Their invoices stay. */
const PURGE_UNTRIED = statement('payment.purge_untried', {
  params: { before: t.instant, limit: t.int },
  row: { deleted: t.int },
  sql: `
    WITH gone AS (
      SELECT order_id FROM payment
      WHERE status = 'FAILED' AND provider_ref IS NULL AND payment_method_id IS NULL
        AND created_at < :before::timestamptz
        AND NOT EXISTS (SELECT FROM invoice WHERE invoice.order_id = payment.order_id AND invoice.status = 'DRAFT')
        AND NOT EXISTS (SELECT FROM outgoing_event WHERE outgoing_event.order_id = payment.order_id)
        AND NOT EXISTS (
          SELECT FROM payment_attempt made
          WHERE made.order_id = payment.order_id
            AND (made.idempotency_key IS NOT NULL OR made.requested_at >= :before::timestamptz))
      ORDER BY created_at LIMIT :limit::int FOR UPDATE SKIP LOCKED
    ), attempts AS (
      DELETE FROM payment_attempt USING gone WHERE payment_attempt.order_id = gone.order_id
    ), payments AS (
      DELETE FROM payment USING gone WHERE payment.order_id = gone.order_id RETURNING payment.order_id
    )
    SELECT count(*)::int AS deleted FROM payments`,
});

/** The rows of payments, but for beginning an attempt and recording an outcome. */
@Injectable()
export class PaymentRepository {
  constructor(private readonly prisma: PrismaService) {}

  get(orderId: string, tx: Tx = this.prisma): Promise<Payment> {
    return tx.payment.findUniqueOrThrow({ where: { orderId } });
  }

  /** Whether an order is paid, by this provider payment. */
  async isPaidBy(orderId: string, providerRef: string | null): Promise<boolean> {
    const payment = await this.get(orderId);
    return isPaid(payment.status) && payment.providerRef === providerRef;
  }

  /**
   * Stops a charge while its outcome is unknown: it is not requested again.
   *
   * @param refund what the provider turns out to have taken goes back
   * @returns whether there was a charge to stop
   */
  async stopCharge(tx: Tx, orderId: string, refund: boolean, now: Date): Promise<boolean> {
    return (await this.prisma.run(STOP_CHARGE, { orderId, refund, now }, tx)).length > 0;
  }

  /** @returns whether the caller polls now: no other has for `minIntervalMs` */
  async claimPoll(orderId: string, now: Date, minIntervalMs: number): Promise<boolean> {
    const before = new Date(now.getTime() - minIntervalMs);
    return (await this.prisma.run(CLAIM_POLL, { orderId, now, before })).length > 0;
  }

  /** What a declined attempt was paid with, as far as the provider tells. */
  async describeAttempt(orderId: string, number: number, data: Pick<PaymentAttempt, 'method' | 'issuerCode'>) {
    await this.prisma.paymentAttempt.update({ where: { orderId_number: { orderId, number } }, data });
  }

  /** @returns whether it was recorded */
  async recordWindowFailure(orderId: string, error: { code: string; message: string }, now: Date, maxAttempts: number) {
    return (await this.prisma.run(RECORD_WINDOW_FAILURE, { orderId, ...error, now, maxAttempts })).length > 0;
  }

  /** @returns false where the order is not open any more, or was completed */
  async beginFree(tx: Tx, orderId: string, method: string, now: Date): Promise<boolean> {
    return (await this.prisma.run(BEGIN_FREE, { orderId, method, now }, tx)).length > 0;
  }

  /** @returns how many payments, each with its attempts */
  async purgeUntried(before: Date, limit: number): Promise<number> {
    const [row] = await this.prisma.run(PURGE_UNTRIED, { before, limit });
    return row!.deleted;
  }
}
