import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { Answers } from '../common/answers.ts';
import { metrics, metricsContentType, metricsText } from '../common/metrics.ts';
import { Problem } from '../common/problem.ts';
import { PrismaService, sql } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';
import { Messages } from '../outbox/index.ts';
import { Ages } from './ages.ts';
import { Invariants } from './invariants.ts';

const status = z.object({ status: z.literal('ok') });
const readiness = status.extend({ brokenInvariants: z.array(z.string()).describe('as last looked at; no reason to take the program out of service') });
const READY_WITHIN_MS = 2_000;

@ApiTags('Health')
@ForAnyone()
@Controller()
export class HealthController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly jobs: JobsService,
    private readonly ages: Ages,
    private readonly invariants: Invariants,
    private readonly messages: Messages,
  ) {}

  /** The process runs. */
  @Get('health/live')
  @ApiOperation({ summary: 'Tell whether the process runs' })
  @Answers(200, status)
  live() {
    return { status: 'ok' };
  }

  /** It can take work: the database answers. Toss is not asked; when Toss is away, payments wait, and nothing is lost. */
  @Get('health/ready')
  @ApiOperation({ summary: 'Tell whether the program can take work' })
  @Answers(200, readiness, 'DATABASE_UNAVAILABLE')
  async ready() {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('too slow')), READY_WITHIN_MS).unref());
    await Promise.race([this.prisma.$queryRaw(sql`SELECT 1`), late]).catch(() => {
      throw new Problem('DATABASE_UNAVAILABLE');
    });
    return { status: 'ok', brokenInvariants: this.invariants.broken };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Read the metrics for Prometheus' })
  @ApiResponse({ status: 200, description: 'OK', content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics(@Res() reply: FastifyReply) {
    await this.fillGauges().catch(() => undefined);
    return reply.header('Content-Type', metricsContentType).send(await metricsText());
  }

  private async fillGauges(): Promise<void> {
    const ages = await this.ages.read();
    metrics.oldestPendingSeconds.set(ages.pendingPayment);
    metrics.pendingPayments.set(ages.pendingPayments);
    metrics.oldestPendingRefundSeconds.set(ages.pendingRefund);
    metrics.oldestWebhookSeconds.set(ages.webhook);
    metrics.openNetCancels.set(ages.openNetCancels);
    metrics.oldestDueRenewalSeconds.set(ages.renewal);
    metrics.heldRenewals.set(ages.heldRenewals);
    metrics.pastDueSubscriptions.set(ages.pastDue);
    const messages = await this.messages.backlog();
    metrics.pendingMessages.set(messages.pending);
    metrics.oldestPendingMessageSeconds.set(messages.oldestSeconds);
    metrics.jobLagSeconds.set(await this.jobs.lagSeconds());
  }
}
