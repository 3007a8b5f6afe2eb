import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, type Sql, sql, type IncomingWebhook } from '../platform/database/index.ts';
import { LEASE_MS, ORDER_INTERVAL_MS } from './webhook-schedule.ts';

/** An event that this program processes until its lease ends. */
export type ClaimedEvent = Pick<
  IncomingWebhook,
  'id' | 'type' | 'body' | 'data' | 'orderId' | 'paymentKey' | 'attempts' | 'notFoundCount' | 'createdAt'
> & {
  leaseUntil: Date;
};

/** What became of a claimed event. nextTryAt null: it is done, or an operator's turn. */
export interface Outcome {
  status: 'PENDING' | 'PROCESSED' | 'UNHANDLED' | 'FAILED';
  note: string;
  nextTryAt: Date | null;
  notFoundCount: number;
}

/** Which event is processed next, and what is recorded of it. */
@Injectable()
export class WebhookClaims {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /**
   * The next event that is due, with all others that wait for the same order, so that one request answers them all.
   * Events of open orders go first, then those that have waited longest; an order that was retrieved a moment ago has
   * to wait.
   *
   * @param which a further condition on incoming_webhook
   */
  async next(which: Sql = sql`true`): Promise<ClaimedEvent[]> {
    const now = this.clock.now();
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const lately = new Date(now.getTime() - ORDER_INTERVAL_MS);
    return this.prisma.$queryRaw<ClaimedEvent[]>(sql`
      WITH first AS (
        SELECT id, order_id FROM incoming_webhook due
        WHERE next_try_at <= ${now}::timestamptz AND ${which} AND NOT EXISTS (
          SELECT FROM incoming_webhook lately
          WHERE lately.order_id = due.order_id
            AND lately.processed_at > ${lately}::timestamptz AND lately.processed_at <= ${now}::timestamptz)
        ORDER BY is_urgent DESC, next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
      ), batch AS (
        SELECT event.id FROM incoming_webhook event
        JOIN first ON event.id = first.id
          OR (event.order_id = first.order_id AND event.next_try_at <= ${now}::timestamptz)
        ORDER BY event.id FOR UPDATE OF event SKIP LOCKED
      )
      UPDATE incoming_webhook event SET next_try_at = ${leaseUntil}::timestamptz, attempts = attempts + 1
      FROM batch WHERE event.id = batch.id
      RETURNING event.id, event.type, event.body, event.data, event.order_id AS "orderId",
        event.payment_key AS "paymentKey", event.attempts, event.not_found_count AS "notFoundCount",
        event.created_at AS "createdAt", event.next_try_at AS "leaseUntil"`);
  }

  /** Whether anything is due that {@link next} may have left for a moment. */
  async isDue(): Promise<boolean> {
    return (await this.prisma.incomingWebhook.count({ where: { nextTryAt: { lte: this.clock.now() } }, take: 1 })) > 0;
  }

  /** In one statement. What was dismissed, made due again or claimed by another program meanwhile is left as it is. */
  async record(events: readonly ClaimedEvent[], outcomes: readonly Outcome[]): Promise<void> {
    const now = this.clock.now();
    const rows = events.map(({ id, leaseUntil }, index) => {
      const { status, note, nextTryAt, notFoundCount } = outcomes[index]!;
      const processedAt = status === 'PROCESSED' || status === 'UNHANDLED' ? now : null;
      return {
        id,
        lease_until: leaseUntil,
        status,
        note,
        next_try_at: nextTryAt,
        not_found_count: notFoundCount,
        processed_at: processedAt,
      };
    });
    await this.prisma.$executeRaw(sql`
      UPDATE incoming_webhook event
      SET status = outcome.status::"IncomingWebhookStatus", note = left(outcome.note, 200), next_try_at = outcome.next_try_at,
        not_found_count = outcome.not_found_count, processed_at = outcome.processed_at
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS outcome(
        id uuid, lease_until timestamptz, status text, note text, next_try_at timestamptz, not_found_count int,
        processed_at timestamptz)
      WHERE event.id = outcome.id AND event.status = 'PENDING' AND event.next_try_at = outcome.lease_until`);
  }
}
