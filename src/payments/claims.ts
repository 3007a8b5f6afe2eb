import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { currentRequestId } from '../common/request-context.ts';
import { PrismaService, type Sql, sql, sqlState } from '../db/index.ts';
import { Problem } from '../common/problem.ts';
import { type Asked, askedFrom, type AskedRow, liveJson, paymentColumns, planJson } from './payment.row.ts';
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

const claimed = sql`claimed`;
const ifSaid = ({ userId, planId }: ConfirmRequest): Sql =>
  sql`${userId === null ? sql`` : sql`AND user_id = ${userId}`} ${planId === undefined ? sql`` : sql`AND plan_id = ${planId}`}`;

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
      const [row] = await this.prisma.$queryRaw<AskedRow[]>(sql`
        WITH ordered AS (
          SELECT * FROM temp_order
          WHERE order_id = ${request.orderId} AND amount = ${request.amount} AND expires_at > ${now}::timestamptz ${ifSaid(request)}
        ), claimed AS (
          INSERT INTO payment AS mine (order_id, user_id, plan_id, order_name, amount, currency, duration_months, status, payment_key, attempt_count, next_look_at, created_at)
          SELECT order_id, user_id, plan_id, order_name, amount, currency, duration_months, 'PENDING', ${request.paymentKey}, 1, ${firstLookAt(now)}::timestamptz, ${now}::timestamptz
          FROM ordered
          ON CONFLICT (order_id) DO UPDATE
            SET status = 'PENDING', payment_key = EXCLUDED.payment_key, attempt_count = mine.attempt_count + 1, next_look_at = EXCLUDED.next_look_at,
                looked_at = NULL, failure_code = NULL, failure_message = NULL
            WHERE mine.status = 'FAILED' AND NOT EXISTS (
              SELECT FROM payment_attempt spent
              WHERE spent.order_id = mine.order_id AND spent.payment_key = EXCLUDED.payment_key AND spent.outcome IN ('DECLINED', 'MISMATCHED'))
          RETURNING *
        ), asked AS (
          INSERT INTO payment_attempt (order_id, number, payment_key, idempotency_key, request_id, asked_at)
          SELECT order_id, attempt_count, payment_key, 'confirm-' || order_id || '-' || attempt_count, ${currentRequestId()}, ${now}::timestamptz
          FROM claimed
          RETURNING idempotency_key, asked_at
        )
        SELECT ${paymentColumns(claimed)}, asked.asked_at AS "askedAt", asked.idempotency_key AS "idempotencyKey", ${planJson} AS plan, ${liveJson} AS live
        FROM claimed JOIN asked ON true JOIN plan ON plan.id = claimed.plan_id
        LEFT JOIN subscription live ON live.user_id = claimed.user_id AND live.is_active`);
      return row ? askedFrom(row) : null;
    } catch (error) {
      if (sqlState(error) === '23505') throw new Problem('PAYMENT_KEY_USED');
      throw error;
    }
  }

  /** The attempt that is under way for an order, to be asked about again. */
  async pending(orderId: string): Promise<Asked | null> {
    const [row] = await this.prisma.$queryRaw<AskedRow[]>(sql`
      SELECT ${paymentColumns(sql`payment`)}, asked.asked_at AS "askedAt", asked.idempotency_key AS "idempotencyKey", ${planJson} AS plan, ${liveJson} AS live
      FROM payment JOIN payment_attempt asked ON asked.order_id = payment.order_id AND asked.number = payment.attempt_count
      JOIN plan ON plan.id = payment.plan_id
      LEFT JOIN subscription live ON live.user_id = payment.user_id AND live.is_active
      WHERE payment.order_id = ${orderId} AND payment.status = 'PENDING'`);
    return row ? askedFrom(row) : null;
  }
}
