import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { v7 as uuid } from 'uuid';
import { requestContext } from '../logging/request-context.ts';
import { metrics } from '../metrics.ts';
import { ProcessRole } from '../process-role.ts';
import { SingleFlight } from '../single-flight.ts';
import { Clock } from '../time/clock.ts';
import { MINUTE } from '../time/duration.ts';
import { DailyRuns } from './daily-runs.ts';
import type { Job } from './job.ts';
import { JobRegistry } from './job-registry.ts';
import { JobsService } from './jobs.service.ts';

/** A job that failed, or that another instance runs, is tried again after this. */
const RETRY_DELAY_MS = 5 * MINUTE;

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/**
 * Runs each job when it falls due by the program's clock, which the sandbox may move, and when the job engine wakes it.
 * Everything is due when the instance starts: what fell due while it was down is made up for. A daily job runs once for
 * each time it falls due, on any number of instances.
 */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('jobs');
  private readonly due = new Map<string, Date>();
  private readonly runs = new SingleFlight<number>();
  /** What a tick has begun, from before it is known which instance runs it. */
  private readonly begun = new Set<Promise<void>>();
  private isTicking = false;

  constructor(
    private readonly clock: Clock,
    private readonly role: ProcessRole,
    private readonly jobs: JobRegistry,
    private readonly dailyRuns: DailyRuns,
    private readonly engine: JobsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.role.runsJobs) await this.start();
  }

  /** Starts everything that runs in the background. */
  async start(): Promise<void> {
    for (const { name } of this.jobs.all) this.engine.handle(name, () => this.wake(name));
    await this.engine.start();
    this.isTicking = true;
  }

  @Interval(1_000)
  tick(): void {
    if (!this.isTicking) return;
    for (const job of this.jobs.all) {
      const now = this.clock.now();
      if ((this.due.get(job.name) ?? now) > now || this.runs.isRunning(job.name)) continue;
      this.due.set(job.name, this.jobs.nextTime(job, now));
      const run = this.runDue(job, now).finally(() => this.begun.delete(run));
      this.begun.add(run);
    }
  }

  /**
   * Runs a job now. One run of a job at a time in this process: a caller that finds one under way waits for it, and
   * then shares the next run with all others that wait.
   *
   * @returns how many things it changed
   */
  run(job: Job): Promise<number> {
    return this.runs.run(job.name, () => requestContext.run({ requestId: `job-${uuid()}` }, () => this.logged(job)));
  }

  /** Runs a job, and counts a daily one as run for the last time that it fell due. What fails is in the log. */
  async runFor(job: Job, instant: Date): Promise<void> {
    try {
      await this.run(job);
      if ('dailyAt' in job) await this.dailyRuns.done(job.name, this.jobs.lastTime(job, instant));
    } catch {
      // Logged by the run.
    }
  }

  /** While `work` moves the clock, no job begins by itself. */
  async whilePaused(work: () => Promise<void>): Promise<void> {
    const wasTicking = this.isTicking;
    this.isTicking = false;
    try {
      await this.idle();
      await work();
    } finally {
      const now = this.clock.now();
      for (const job of this.jobs.all) this.due.set(job.name, this.jobs.nextTime(job, now));
      this.isTicking = wasTicking;
    }
  }

  /** The sandbox's clock went back: everything is due again by the new time. */
  async clockWentBack(): Promise<void> {
    this.due.clear();
    await this.dailyRuns.clockWentBack(this.clock.now());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isTicking = false;
    await this.idle();
  }

  private async idle(): Promise<void> {
    await Promise.allSettled([...this.begun, ...this.runs.underWay()]);
  }

  /** The engine need not wait for a run that is under way: another follows it. */
  private async wake(name: string): Promise<void> {
    const job = this.jobs.find(name)!;
    const isRunning = this.runs.isRunning(name);
    const run = this.run(job);
    if (isRunning) run.catch(() => undefined);
    else await run;
  }

  /** What failed, or what another instance may die over, is tried again soon, not only when it next falls due. */
  private async runDue(job: Job, now: Date): Promise<void> {
    const isDone = await this.onceADay(job, now).catch(() => false);
    const soon = new Date(this.clock.now().getTime() + RETRY_DELAY_MS);
    if (!isDone) this.due.set(job.name, earlier(this.due.get(job.name) ?? soon, soon));
  }

  private async onceADay(job: Job, now: Date): Promise<boolean> {
    if ('dailyAt' in job) return this.dailyRuns.once(job.name, this.jobs.lastTime(job, now), () => this.run(job));
    await this.run(job);
    return true;
  }

  private async logged(job: Job): Promise<number> {
    const startedAt = performance.now();
    try {
      const affected = await job.run();
      metrics.jobRuns.inc({ name: job.name, result: 'done' });
      const ms = Math.round(performance.now() - startedAt);
      if (affected > 0 || 'dailyAt' in job) this.log.log({ message: 'job done', job: job.name, affected, ms });
      return affected;
    } catch (error) {
      metrics.jobRuns.inc({ name: job.name, result: 'failed' });
      this.log.error({ message: 'job failed', job: job.name, error: (error as Error).stack });
      throw error;
    }
  }
}
