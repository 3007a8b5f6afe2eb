import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { Answers } from '../common/answers.ts';
import { metrics, metricsContentType, metricsText } from '../common/metrics.ts';
import { Problem } from '../common/problem.ts';
import { PrismaService, sql } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';
import { Messages } from '../outbox/index.ts';

const status = z.object({ status: z.literal('ok') });
const READY_WITHIN_MS = 2_000;

@ApiTags('Health')
@ForAnyone()
@Controller()
export class HealthController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly jobs: JobsService,
    private readonly messages: Messages,
  ) {}

  /** The process runs. */
  @Get('health/live')
  @Answers(200, status)
  live() {
    return { status: 'ok' };
  }

  /** It can take work: the database answers. Toss is not asked; when Toss is away, payments wait, and nothing is lost. */
  @Get('health/ready')
  @Answers(200, status, 'DATABASE_UNAVAILABLE')
  async ready() {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('too slow')), READY_WITHIN_MS).unref());
    await Promise.race([this.prisma.$queryRaw(sql`SELECT 1`), late]).catch(() => {
      throw new Problem('DATABASE_UNAVAILABLE');
    });
    return { status: 'ok' };
  }

  @Get('metrics')
  @Answers(200, null)
  async metrics(@Res() reply: FastifyReply) {
    await this.fillGauges().catch(() => undefined);
    return reply.header('Content-Type', metricsContentType).send(await metricsText());
  }

  private async fillGauges(): Promise<void> {
    const [row] = await this.prisma.$queryRaw<{ oldest: number; pending: number; net_cancels: number }[]>(sql`
      SELECT COALESCE(EXTRACT(epoch FROM now() - min(created_at)), 0)::float8 AS oldest, count(*)::int AS pending,
             (SELECT count(*)::int FROM net_cancel WHERE next_try_at IS NOT NULL) AS net_cancels
      FROM payment WHERE status = 'PENDING'`);
    metrics.oldestPendingSeconds.set(row!.oldest);
    metrics.pendingPayments.set(row!.pending);
    metrics.openNetCancels.set(row!.net_cancels);
    const messages = await this.messages.backlog();
    metrics.pendingMessages.set(messages.pending);
    metrics.oldestPendingMessageSeconds.set(messages.oldestSeconds);
    metrics.jobLagSeconds.set(await this.jobs.lagSeconds());
  }
}
