import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.ts';
import { SecretBox } from '../common/secret-box.ts';
import { PrismaService, sql, type WebhookEvent } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';
import { readBody, shown } from './webhook-body.ts';

/** A webhook as it came. */
export interface Transmission {
  /** To the byte. */
  body: string;
  json: unknown;
  id: string | undefined;
  time: string | undefined;
  retriedCount: string | undefined;
}

/** Keeps what Toss tells: one statement, and a job that goes and looks. */
@Injectable()
export class Inbox {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly box: SecretBox,
  ) {}

  /** The same transmission twice is one row. */
  async store({ body, json, id: told, time, retriedCount }: Transmission): Promise<void> {
    const now = this.clock.now();
    const { type, orderId, paymentKey } = readBody(json);
    const transmissionId = told && /^[\x21-\x7e]{1,100}$/.test(told) ? told : `body-${createHash('sha256').update(body).digest('hex')}`;
    const id = uuid();
    const sentAt = new Date(time ?? NaN);
    const transmittedAt = sentAt.getUTCFullYear() >= 2000 && sentAt.getUTCFullYear() < 2200 ? sentAt : null;
    const retried = Math.min(Math.max(Number.parseInt(retriedCount ?? '0', 10) || 0, 0), 1_000);
    await this.prisma.$queryRaw(sql`
      WITH stored AS (
        INSERT INTO webhook_event (id, transmission_id, type, body, data, order_id, payment_key, retried_count, transmitted_at, next_try_at, created_at)
        VALUES (${id}::uuid, ${transmissionId}, ${type}, ${this.box.seal(body, placeOfWebhook(id))}, ${JSON.stringify(shown(json ?? null))}::jsonb, ${orderId}, ${paymentKey}, ${retried}::int, ${transmittedAt}::timestamptz,
          ${now}::timestamptz, ${now}::timestamptz)
        ON CONFLICT (transmission_id) DO NOTHING RETURNING id
      ), job AS (${JobsService.enqueue('process-webhooks', {}, 0, sql`stored`, 'process-webhooks')})
      SELECT count(*) FROM job`);
  }

  /** As it was sent. */
  bodyOf({ id, body }: Pick<WebhookEvent, 'id' | 'body'>): unknown {
    return JSON.parse(this.box.open(body, placeOfWebhook(id)));
  }
}

/** Where a body is sealed for. */
export const placeOfWebhook = (id: string) => `webhook-event:${id}`;
