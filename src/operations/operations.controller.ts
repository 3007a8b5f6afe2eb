import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditService, Origin, type RequestOrigin } from '../audit/index.ts';
import { ForOperators } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { JobRegistry, JobRunner } from '../platform/jobs/index.ts';
import { WorkerRequests } from '../platform/worker-requests.ts';
import { PrismaService } from '../platform/database/index.ts';
import { PaymentFailures } from '../payments/index.ts';

const MAX_DAYS = 366;
const day = z.iso.date().refine((text) => text >= '2000-01-01' && text < '2200-01-01', 'from 2000 to 2199');
const failuresQuery = z.object({ from: day.optional(), to: day.optional() });
const failureCount = z
  .object({ day, code: z.string(), method: z.string().nullable(), issuer: z.string().nullable(), count: z.int() })
  .meta({ id: 'PaymentFailures' });

@ApiTags('Operations')
@ForOperators()
@Controller('v1/operations')
export class OperationsController {
  private readonly runOnWorker: (work: { name: string }) => Promise<number>;

  constructor(
    private readonly jobs: JobRegistry,
    runner: JobRunner,
    workers: WorkerRequests,
    private readonly failures: PaymentFailures,
    private readonly audit: AuditService,
    private readonly prisma: PrismaService,
    private readonly calendar: BusinessCalendar,
    private readonly clock: Clock,
  ) {
    this.runOnWorker = workers.define('run-job', ({ name }: { name: string }) => runner.run(jobs.find(name)!));
  }

  /** Runs one scheduled job now. */
  @Post('jobs/:name/run')
  @ApiOperation({ summary: 'Run a scheduled job now' })
  @Answers(
    200,
    z.object({ name: z.string(), affected: z.int() }),
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'JOB_NOT_FOUND',
    'WORKER_UNAVAILABLE',
  )
  async runJob(@Param('name', { schema: z.string().max(60) }) name: string, @Origin() origin: RequestOrigin) {
    if (!this.jobs.find(name)) throw new Problem('JOB_NOT_FOUND');
    const subject = `job:${name}`;
    // A run may take minutes: that it was requested is on record even if the instance dies over it.
    await this.audit.record(this.prisma, origin, { action: 'job.start', subject });
    try {
      const affected = await this.runOnWorker({ name });
      await this.audit.record(this.prisma, origin, { action: 'job.run', subject, after: { affected } });
      return { name, affected };
    } catch (error) {
      await this.audit.record(this.prisma, origin, { action: 'job.run', subject, after: { failed: true } });
      throw error;
    }
  }

  /**
   * How often each code came, per day (of the business calendar), method and issuer. From 30 days ago to today
   * unless stated; 366 days at most.
   */
  @Get('payment-failures')
  @ApiOperation({ summary: 'Count failed payments by day, code, method and issuer' })
  @Answers(200, z.object({ data: z.array(failureCount) }), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async paymentFailures(@Query({ schema: failuresQuery }) { from, to }: z.infer<typeof failuresQuery>) {
    const today = this.calendar.day(this.clock.now());
    const since = this.calendar.midnightOf(from ?? this.calendar.day(this.calendar.midnightOf(to ?? today, -30)));
    const until = this.calendar.midnightOf(to ?? today, 1);
    if (this.calendar.daysBetween(since, until) > MAX_DAYS) {
      throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'from', message: `at most ${MAX_DAYS} days` }] });
    }
    return { data: await this.failures.count(since, until) };
  }
}
