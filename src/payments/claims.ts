import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { currentRequestId } from '../platform/logging/request-context.ts';
import { constraintOf, PrismaService, type Sql, sql } from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import { availableBalance } from '../subscriptions/index.ts';
import {
  type Asked,
  askedColumns,
  askedFrom,
  type AskedRow,
  liveJson,
  paymentColumns,
  planJson,
} from './payment.row.ts';
import { firstLookAt } from './look-schedule.ts';

/** What somebody asks us to confirm. */
export interface ConfirmRequest {
  orderId: string;
  paymentKey: string;
  /** Whole won. */
  amount: number;
  /** null: the buyer's browser came back from Toss without a token; the order id, which nobody can guess, stands for them. */
  userId: string | null;
  /** If said, it must agree with the order. */
  planId?: number | undefined;
}

/** A buyer with that many cards is a machine; each asking costs Toss a call. */
export const ASKINGS_AT_MOST = 20;

const claimed = sql`claimed`;
const ifSaid = ({ userId, planId }: ConfirmRequest): Sql =>
  sql`${userId === null ? sql`` : sql`AND temp_order.user_id = ${userId}`} ${planId === undefined ? sql`` : sql`AND plan_id = ${planId}`}`;

/** 1. Claim: the attempt and its idempotency key are committed before Toss is called. */
@Injectable()
export class Claims {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /**
   * Decides who goes first, in one statement: of any number at once for one order, one gets the attempt to ask Toss with.
   * The temp order is checked here, before any money moves.
   *
   * @returns null for all others, and where there is nothing to claim; they read, and never call
   * @throws Problem PAYMENT_KEY_USED when the payment key belongs to another order
   */
  async claim(request: ConfirmRequest): Promise<Asked | null> {
    const now = this.clock.now();
    try {
      const [row] = await this.prisma.statement<AskedRow>(sql`
        WITH ordered AS (
          -- Locked, the customer's row is read as it is when the lock is granted: a charge of a card that was begun meanwhile is seen.
          SELECT temp_order.* FROM temp_order JOIN customer ON customer.user_id = temp_order.user_id
          WHERE order_id = ${request.orderId} AND amount = ${request.amount} AND expires_at > ${now}::timestamptz ${ifSaid(request)}
            AND (duration_months IS NULL OR customer.charging_order_id IS NULL)
            AND (change IS NULL OR EXISTS (
              SELECT FROM subscription changing
              WHERE changing.id = (change->>'subscriptionId')::uuid AND changing.version = (change->>'version')::int AND changing.is_active AND changing.renewal_order_id IS NULL
                AND changing.end_date > ${now}::timestamptz))
            -- A refund may have taken the balance that was quoted.
            AND (balance_used <= 0 OR balance_used <= ${availableBalance(sql`temp_order.user_id`, now, sql`temp_order.order_id`)})
          FOR NO KEY UPDATE OF customer
        ), claimed AS (
          INSERT INTO payment AS mine (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, change, status, payment_key, attempt_count, next_poll_at, created_at)
          SELECT order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, change, 'PENDING', ${request.paymentKey}, 1, ${firstLookAt(now)}::timestamptz, ${now}::timestamptz
          FROM ordered
          ON CONFLICT (order_id) DO UPDATE
            SET status = 'PENDING', payment_key = EXCLUDED.payment_key, attempt_count = mine.attempt_count + 1, next_poll_at = EXCLUDED.next_poll_at,
                polled_at = NULL, failure_code = NULL, failure_message = NULL
            WHERE mine.status = 'FAILED'
              AND (SELECT count(*) FROM payment_attempt made WHERE made.order_id = mine.order_id AND made.idempotency_key IS NOT NULL) < ${ASKINGS_AT_MOST}
              AND NOT EXISTS (
              SELECT FROM payment_attempt spent
              WHERE spent.order_id = mine.order_id AND spent.payment_key = EXCLUDED.payment_key AND spent.outcome IN ('DECLINED', 'MISMATCHED'))
          RETURNING *
        ), asked AS (
          INSERT INTO payment_attempt (order_id, number, payment_key, idempotency_key, request_id, requested_at)
          SELECT order_id, attempt_count, payment_key, 'confirm-' || order_id || '-' || attempt_count, ${currentRequestId()}, ${now}::timestamptz
          FROM claimed
          RETURNING *
        )
        SELECT ${paymentColumns(claimed)}, ${askedColumns}, ${planJson} AS plan, ${liveJson} AS live
        FROM claimed JOIN asked ON true JOIN plan ON plan.id = claimed.plan_id
        LEFT JOIN subscription live ON live.user_id = claimed.user_id AND live.is_active`);
      return row ? askedFrom(row) : null;
    } catch (error) {
      if (constraintOf(error) !== 'payment_key_once') throw error;
      // The payment key is taken: by another order, or by this very one, which another request claimed at the same moment.
      const holder = await this.prisma.payment.findFirst({
        where: { paymentKey: request.paymentKey, status: { not: 'FAILED' } },
        select: { orderId: true },
      });
      if (holder && holder.orderId !== request.orderId) throw new Problem('PAYMENT_KEY_USED');
      return null;
    }
  }

  /** The attempt whose end is awaited, or whose deposit is, to be asked about again. */
  async pending(orderId: string): Promise<Asked | null> {
    return this.read(
      sql`asked.number = payment.attempt_count AND payment.status IN ('PENDING', 'WAITING_FOR_DEPOSIT') AND payment.order_id = ${orderId}`,
    );
  }

  /** The latest attempt with a payment key, whatever became of it or of the order since; of a charge, which learns its key from Toss, the latest of the order. */
  async attempt(orderId: string, paymentKey: string): Promise<Asked | null> {
    return this.read(
      sql`(asked.payment_key = ${paymentKey} OR (asked.payment_key IS NULL AND asked.payment_method_id IS NOT NULL)) AND payment.order_id = ${orderId}`,
    );
  }

  private async read(which: Sql): Promise<Asked | null> {
    const [row] = await this.prisma.$queryRaw<AskedRow[]>(sql`
      SELECT ${paymentColumns(sql`payment`)}, ${askedColumns}, ${planJson} AS plan, ${liveJson} AS live
      FROM payment JOIN payment_attempt asked ON asked.order_id = payment.order_id
      JOIN plan ON plan.id = payment.plan_id
      LEFT JOIN subscription live ON live.user_id = payment.user_id AND live.is_active
      WHERE ${which} ORDER BY asked.number DESC LIMIT 1`);
    return row ? askedFrom(row) : null;
  }
}
