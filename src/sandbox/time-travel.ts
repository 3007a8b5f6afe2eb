import { Injectable } from '@nestjs/common';
import { type Job, JobRegistry, JobRunner, Queues } from '../platform/jobs/index.ts';
import { Clock } from '../platform/time/clock.ts';

/** They retry so often that a long way with much to do stops for them only so many times. */
const RETRYING = new Set(['recover-payments', 'process-webhooks', 'deliver-messages']);
const MAX_STOPS_FOR_RETRIES = 200;
const NEVER = new Date(8.64e15);

/** Runs the jobs that fall due while the sandbox moves the clock. */
@Injectable()
export class TimeTravel {
  constructor(
    private readonly clock: Clock,
    private readonly jobs: JobRegistry,
    private readonly runner: JobRunner,
    private readonly queues: Queues,
  ) {}

  /** Runs, in order, what falls due between the clock's time and `target`, moving the clock from one to the next. */
  async runUntil(target: Date, moveTo: (instant: Date) => Promise<void>): Promise<void> {
    await this.runner.whilePaused(async () => {
      const ranAt = await this.runOnTheWay(target, moveTo);
      await moveTo(target);
      for (const job of this.jobs.all) {
        const isBehind = 'every' in job || job.catchesUp;
        if (isBehind && this.jobs.nextTime(job, ranAt.get(job)!) <= target) await this.runner.runFor(job, target);
      }
    });
  }

  /** Everything is due again by the new time. */
  async clockWentBack(): Promise<void> {
    await this.runner.clockWentBack();
    await this.queues.clockWentBack();
  }

  /** @returns when each job ran last; where it did not, the time at which the way began */
  private async runOnTheWay(target: Date, moveTo: (instant: Date) => Promise<void>): Promise<Map<Job, Date>> {
    const from = this.clock.now();
    const ranAt = new Map(this.jobs.all.map((job) => [job, from]));
    for (let stops = 0; ; stops++) {
      const now = this.clock.now();
      const next = await this.nextStop(now, stops);
      if (next > target) return ranAt;
      await moveTo(next);
      for (const job of this.jobs.all) {
        if (this.jobs.nextTime(job, now) > next) continue;
        ranAt.set(job, next);
        await this.runner.runFor(job, next);
      }
    }
  }

  /** When the first job falls due that finds something to do. */
  private async nextStop(now: Date, stops: number): Promise<Date> {
    const jobs = this.jobs.all.filter(({ name }) => stops < MAX_STOPS_FOR_RETRIES || !RETRYING.has(name));
    const due = await Promise.all(
      jobs.map(async (job) => {
        const work = (await job.nextDue?.()) ?? null;
        return work === null ? NEVER : this.jobs.nextTime(job, work > now ? new Date(work.getTime() - 1) : now);
      }),
    );
    return new Date(Math.min(...due.map(Number)));
  }
}
