import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { type ClaimedEvent, claimedColumns } from './webhook-queue.ts';

/** What became of a claimed event. nextTryAt null: it is done, or an operator's turn. */
export interface WebhookResult {
  status: 'PENDING' | 'PROCESSED' | 'UNHANDLED' | 'FAILED';
  note: string;
  nextTryAt: Date | null;
  notFoundCount: number;
}

const CLAIM_OTHERS = statement('incoming-webhooks.claim-others', {
  params: { orderId: t.text, now: t.instant, leaseUntil: t.instant },
  row: claimedColumns,
  sql: `
    UPDATE incoming_webhook SET next_try_at = :leaseUntil, attempts = attempts + 1
    WHERE id = ANY(ARRAY(
      SELECT id FROM incoming_webhook WHERE order_id = :orderId AND next_try_at <= :now
      ORDER BY id FOR UPDATE SKIP LOCKED))
    RETURNING id, about, body, data, order_id, provider_ref, attempts, not_found_count, created_at`,
});

// What was dismissed, made due again or claimed by another instance meanwhile is left as it is.
const RECORD = statement('incoming-webhooks.record', {
  params: {
    outcomes: t.rows({
      ...{ id: t.uuid, leaseUntil: t.instant, status: t.text, note: t.text, nextTryAt: t.nullable(t.instant) },
      ...{ notFoundCount: t.int, processedAt: t.nullable(t.instant) },
    }),
  },
  row: {},
  sql: `
    UPDATE incoming_webhook event
    SET status = outcome.status::"IncomingWebhookStatus", note = left(outcome.note, 200),
      next_try_at = outcome.next_try_at, not_found_count = outcome.not_found_count,
      processed_at = outcome.processed_at
    FROM jsonb_to_recordset(:outcomes::jsonb) AS outcome (
      id uuid, lease_until timestamptz, status text, note text, next_try_at timestamptz, not_found_count int4,
      processed_at timestamptz)
    WHERE event.id = outcome.id AND event.status = 'PENDING' AND event.next_try_at = outcome.lease_until`,
});

/** What is processed together with a claimed event, and what is recorded of it. */
@Injectable()
export class WebhookClaims {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** All that wait for the same order, so that one request answers them all. */
  async withOthers(first: ClaimedEvent): Promise<ClaimedEvent[]> {
    const { orderId, leaseUntil } = first;
    if (orderId === null) return [first];
    const others = await this.prisma.run(CLAIM_OTHERS, { orderId, now: this.clock.now(), leaseUntil });
    return [first, ...others.map((other) => ({ ...other, leaseUntil }))];
  }

  /** In one statement. */
  async record(events: readonly ClaimedEvent[], outcomes: readonly WebhookResult[]): Promise<void> {
    const now = this.clock.now();
    const rows = events.map(({ id, leaseUntil }, index) => {
      const outcome = outcomes[index]!;
      const isProcessed = outcome.status === 'PROCESSED' || outcome.status === 'UNHANDLED';
      return { id, leaseUntil, ...outcome, processedAt: isProcessed ? now : null };
    });
    await this.prisma.run(RECORD, { outcomes: rows });
  }
}
