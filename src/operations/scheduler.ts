import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { v7 as uuid } from 'uuid';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { ProcessRole } from '../platform/process-role.ts';
import { requestContext } from '../platform/logging/request-context.ts';
import { Queues } from '../platform/jobs/index.ts';
import { DailyRuns } from './daily-runs.ts';
import { type ScheduledJob, ScheduledJobs } from './scheduled-jobs.ts';

/** So many stops on the way of one move of the sandbox's clock are made for the jobs that come by often, too. */
const STOPS_FOR_THE_OFTEN = 200;
const NEVER = new Date(8.64e15);
/** A job that failed, or that another instance is at, is looked at again after this. */
const AGAIN_AFTER_MS = 300_000;
/** No two due times of a daily job lie further apart, also where the clocks change. */
const LONGEST_DAY_MS = 26 * 3_600_000;

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/**
 * Runs each job when it falls due by the program's clock, which the sandbox may move. Everything is due when the
 * program starts:
 * what fell due while it was down is made up for. A daily job runs once for each time it falls due, on any number of
 * instances.
 */
@Injectable()
export class Scheduler implements BeforeApplicationShutdown {
  private readonly log = new Logger('jobs');
  private readonly due = new Map<string, Date>();
  private readonly running = new Map<string, Promise<number>>();
  /** What a tick has begun, from before it is known whose turn it is. */
  private readonly begun = new Set<Promise<void>>();
  private paused = false;

  constructor(
    private readonly clock: Clock,
    private readonly role: ProcessRole,
    private readonly jobs: ScheduledJobs,
    private readonly dailyRuns: DailyRuns,
    private readonly queues: Queues,
  ) {}

  @Interval(1_000)
  tick(): void {
    if (this.paused || !this.role.runsJobs) return;
    for (const job of this.jobs.all) {
      const now = this.clock.now();
      if ((this.due.get(job.name) ?? now) > now || this.running.has(job.name)) continue;
      this.due.set(job.name, job.nextAfter(now));
      const run = this.runDue(job, now).finally(() => this.begun.delete(run));
      this.begun.add(run);
    }
  }

  /** What failed, or what another instance may die over, is tried again soon, not only when it next falls due. */
  private async runDue(job: ScheduledJob, now: Date): Promise<void> {
    const isDone = await this.onceADay(job, now).catch(() => false);
    const soon = new Date(this.clock.now().getTime() + AGAIN_AFTER_MS);
    if (!isDone) this.due.set(job.name, earlier(this.due.get(job.name) ?? soon, soon));
  }

  private async onceADay(job: ScheduledJob, now: Date): Promise<boolean> {
    if (job.daily) return this.dailyRuns.once(job.name, lastDue(job, now), () => this.run(job));
    await this.run(job);
    return true;
  }

  /** Runs a job now. A run of it that is under way is waited for and not doubled. @returns how many things it changed */
  async run(job: ScheduledJob): Promise<number> {
    const underWay = this.running.get(job.name);
    if (underWay) return underWay;
    const run = requestContext
      .run({ requestId: `job-${uuid()}` }, () => this.logged(job))
      .finally(() => this.running.delete(job.name));
    this.running.set(job.name, run);
    return run;
  }

  /** Runs, in order, what falls due between the clock's time and `target`, moving the clock from one to the next. */
  async runUntil(target: Date, moveTo: (instant: Date) => Promise<void>): Promise<void> {
    this.paused = true;
    const from = this.clock.now();
    const ranAt = new Map<string, Date>();
    try {
      await Promise.allSettled([...this.begun, ...this.running.values()]);
      for (let stops = 0; ; stops++) {
        const now = this.clock.now();
        // These come by so often that a long way with much to do is cut short; they make up for it at the end.
        const jobs = this.jobs.all.filter((job) => stops < STOPS_FOR_THE_OFTEN || !job.often);
        const due = await Promise.all(jobs.map((job) => this.nextStop(job, now)));
        const next = new Date(Math.min(...due.map(Number)));
        if (next > target) break;
        await moveTo(next);
        for (const job of this.jobs.all) {
          if (job.nextAfter(now) > next) continue;
          ranAt.set(job.name, next);
          await this.runAt(job, next);
        }
      }
      await moveTo(target);
      for (const job of this.jobs.all) this.due.set(job.name, job.nextAfter(target));
      const isBehind = (job: ScheduledJob) => job.catchesUp && job.nextAfter(ranAt.get(job.name) ?? from) <= target;
      for (const job of this.jobs.all) if (job.often || isBehind(job)) await this.runAt(job, target);
    } finally {
      this.paused = false;
    }
  }

  /** On the way of a moved clock: one that fails is in the log, and must not hold up the others, nor the clock. */
  private async runAt(job: ScheduledJob, instant: Date): Promise<void> {
    try {
      await this.run(job);
      if (job.daily) await this.dailyRuns.done(job.name, lastDue(job, instant));
    } catch {
      // Logged by the run.
    }
  }

  /** The sandbox's clock went back: everything is due again by the new time. */
  async clockWentBack(): Promise<void> {
    this.due.clear();
    await this.dailyRuns.clockWentBack(this.clock.now());
    await this.queues.clockWentBack();
  }

  /** When the clock must stop for a job: its first round that finds something to do. */
  private async nextStop(job: ScheduledJob, now: Date): Promise<Date> {
    const work = await job.nextWork();
    return work === null ? NEVER : job.nextAfter(work > now ? new Date(work.getTime() - 1) : now);
  }

  /** Waits for what is under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.paused = true;
    await Promise.allSettled([...this.begun, ...this.running.values()]);
  }

  private async logged(job: ScheduledJob): Promise<number> {
    const startedAt = performance.now();
    try {
      const affected = await job.run();
      metrics.jobRuns.inc({ name: job.name, result: 'done' });
      const ms = Math.round(performance.now() - startedAt);
      if (affected > 0 || !(job.often || job.quiet)) this.log.log({ message: 'job done', job: job.name, affected, ms });
      return affected;
    } catch (error) {
      metrics.jobRuns.inc({ name: job.name, result: 'failed' });
      this.log.error({ message: 'job failed', job: job.name, error: (error as Error).stack });
      throw error;
    }
  }
}

/** When a daily job last fell due. */
function lastDue(job: ScheduledJob, now: Date): Date {
  let due = job.nextAfter(new Date(now.getTime() - 2 * LONGEST_DAY_MS));
  for (let next = due; next <= now; next = job.nextAfter(next)) due = next;
  return due;
}
