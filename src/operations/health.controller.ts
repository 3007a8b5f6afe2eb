import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { databaseGauges, metrics, metricsContentType, metricsText } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';
import { httpConfig } from '../config-namespaces.ts';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { OutgoingEvents } from '../outbox/index.ts';
import { BacklogReader } from './backlog.ts';
import { Invariants } from './invariants.ts';

const status = z.object({ status: z.literal('ok') });
const readiness = status.extend({
  brokenInvariants: z.array(z.string()).describe('as of the last check; no reason to take the program out of service'),
});
const PING = statement('health.ping', { params: {}, row: { answer: t.int }, sql: 'SELECT 1 AS answer' });
const READY_TIMEOUT_MS = 2_000;
const GAUGES_TIMEOUT_MS = 5_000;

@ApiTags('Health')
@ForAnyone()
@Controller()
export class HealthController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly jobs: JobsService,
    private readonly backlog: BacklogReader,
    private readonly invariants: Invariants,
    private readonly events: OutgoingEvents,
    @Inject(httpConfig.KEY) private readonly config: ConfigType<typeof httpConfig>,
  ) {}

  /** The process runs. */
  @Get('health/live')
  @ApiOperation({ summary: 'Check that the process runs' })
  @Answers(200, status)
  live() {
    return { status: 'ok' };
  }

  /** It can take work: the database answers. While the provider does not, payments wait, and nothing is lost. */
  @Get('health/ready')
  @ApiOperation({ summary: 'Check that the program can take requests' })
  @Answers(200, readiness, 'DATABASE_UNAVAILABLE')
  async ready() {
    await within(READY_TIMEOUT_MS, this.prisma.run(PING, {})).catch(() => {
      throw new Problem('DATABASE_UNAVAILABLE');
    });
    return { status: 'ok', brokenInvariants: this.invariants.broken };
  }

  /** For Prometheus. A gauge that cannot be read from the database is NaN, never an earlier value. */
  @Get('metrics')
  @ApiOperation({ summary: 'Read the metrics for Prometheus' })
  @ApiResponse({ status: 200, description: 'OK', content: { 'text/plain': { schema: { type: 'string' } } } })
  @Answers(200, null, 'UNAUTHENTICATED')
  async metrics(@Res() reply: FastifyReply, @Headers('authorization') authorization: string | undefined) {
    const { metricsToken } = this.config;
    if (metricsToken !== null && !isSame(authorization ?? '', `Bearer ${metricsToken}`))
      throw new Problem('UNAUTHENTICATED');
    metrics.gaugesUnreadable.set(0);
    await within(GAUGES_TIMEOUT_MS, this.fillGauges()).catch(() => {
      metrics.gaugesUnreadable.set(1);
      for (const gauge of databaseGauges) gauge.set(Number.NaN);
    });
    return reply.header('Content-Type', metricsContentType).send(await metricsText());
  }

  private async fillGauges(): Promise<void> {
    const [backlog, events, jobLag] = await Promise.all([
      this.backlog.read(),
      this.events.backlog(),
      this.jobs.lagSeconds(),
    ]);
    metrics.oldestPendingSeconds.set(backlog.pendingPayment);
    metrics.pendingPayments.set(backlog.pendingPayments);
    metrics.oldestPendingRefundSeconds.set(backlog.pendingRefund);
    metrics.oldestWebhookSeconds.set(backlog.webhook);
    metrics.openNetCancels.set(backlog.openVoids);
    metrics.oldestDueRenewalSeconds.set(backlog.renewal);
    metrics.heldRenewals.set(backlog.heldRenewals);
    metrics.pastDueSubscriptions.set(backlog.pastDue);
    metrics.pendingMessages.set(events.pending);
    metrics.oldestPendingMessageSeconds.set(events.oldestSeconds);
    metrics.jobLagSeconds.set(jobLag);
  }
}

/** @throws Error when `work` takes longer */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`more than ${ms} ms`)), ms)),
  );
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** In constant time. */
function isSame(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}
