import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { type Page, pageOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import {
  PrismaService,
  type Tx,
  type IncomingWebhook,
  type IncomingWebhookStatus,
} from '../platform/database/index.ts';
import { WebhookProcessing } from './webhook-processing.ts';

/** What operators list them by. */
export interface WebhookFilter {
  type?: string | undefined;
  processed?: boolean | undefined;
  status?: IncomingWebhookStatus | undefined;
  orderId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Incoming webhooks as operators see them, and what they do about them. */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly audit: AuditService,
    private readonly processing: WebhookProcessing,
  ) {}

  async list<View>(
    { type, processed, status, orderId, limit, cursor }: WebhookFilter,
    view: (event: IncomingWebhook) => View,
  ): Promise<Page<View>> {
    const after = uuidPositionOf(cursor);
    const rows = await this.prisma.incomingWebhook.findMany({
      where: {
        ...(type !== undefined && { type }),
        ...(processed !== undefined && { processedAt: processed ? { not: null } : null }),
        ...(status !== undefined && { status }),
        ...(orderId !== undefined && { orderId }),
        ...(after && {
          OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    });
    return pageOf(rows, limit, (row) => row, view);
  }

  /** @throws Problem WEBHOOK_EVENT_NOT_FOUND */
  async get(id: string, tx: Tx = this.prisma): Promise<IncomingWebhook> {
    const event = z.uuid().safeParse(id).success ? await tx.incomingWebhook.findUnique({ where: { id } }) : null;
    if (!event) throw new Problem('WEBHOOK_EVENT_NOT_FOUND');
    return event;
  }

  /**
   * Processes an event again, whatever became of it before.
   *
   * @throws Problem WEBHOOK_EVENT_NOT_FOUND
   */
  async replay(id: string, origin: RequestOrigin): Promise<IncomingWebhook> {
    await this.prisma.atomically(async (tx) => {
      const { status, orderId } = await this.get(id, tx);
      const due = {
        status: 'PENDING',
        attempts: 0,
        notFoundCount: 0,
        nextTryAt: this.clock.now(),
        processedAt: null,
      } as const;
      await tx.incomingWebhook.update({ where: { id }, data: due });
      await this.audit.record(tx, origin, {
        action: 'webhook.replay',
        subject: subjectOf(id),
        before: { status },
        ...(orderId && { orderId }),
      });
    });
    await this.processing.processNow(id);
    return this.get(id);
  }

  /**
   * Ends an event without processing it.
   *
   * @throws Problem WEBHOOK_EVENT_NOT_FOUND, WEBHOOK_EVENT_PROCESSED
   */
  async dismiss(id: string, reason: string, origin: RequestOrigin): Promise<IncomingWebhook> {
    return this.prisma.atomically(async (tx) => {
      const { status, orderId } = await this.get(id, tx);
      const ended = {
        status: 'DISMISSED',
        note: `dismissed: ${reason}`.slice(0, 200).toWellFormed(),
        nextTryAt: null,
        processedAt: this.clock.now(),
      } as const;
      const { count } = await tx.incomingWebhook.updateMany({
        where: { id, status: { in: ['FAILED', 'PENDING'] } },
        data: ended,
      });
      if (count === 0) throw new Problem('WEBHOOK_EVENT_PROCESSED');
      const act = {
        action: 'webhook.dismiss',
        subject: subjectOf(id),
        reason,
        before: { status },
        after: { status: ended.status },
      };
      await this.audit.record(tx, origin, { ...act, ...(orderId && { orderId }) });
      return this.get(id, tx);
    });
  }
}

const subjectOf = (id: string) => `webhook-event:${id}`;
