import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t } from '../database/index.ts';

/** Extended while a run goes on. An instance that dies is missed for so long. */
const LEASE_MS = 120_000;
const EXTEND_EVERY_MS = 30_000;
/** Long enough that no clock of an instance is so far behind. */
const KEPT_FOR = '90 days';

const run = { name: t.text, dueAt: t.instant };

const CLAIM = statement('job-runs.claim', {
  params: { ...run, leaseMs: t.double },
  row: { name: t.text },
  sql: `
    INSERT INTO job_run AS mine (name, due_at, lease_until)
    VALUES (:name, :dueAt, now() + :leaseMs * interval '1 ms')
    ON CONFLICT (name, due_at) DO UPDATE SET lease_until = EXCLUDED.lease_until
      WHERE NOT mine.is_done AND mine.lease_until <= now()
    RETURNING name`,
});

const EXTEND = statement('job-runs.extend', {
  params: { ...run, leaseMs: t.double },
  row: {},
  sql: `
    UPDATE job_run SET lease_until = now() + :leaseMs * interval '1 ms'
    WHERE name = :name AND due_at = :dueAt AND NOT is_done`,
});

const DONE = statement('job-runs.done', {
  params: run,
  row: {},
  sql: `
    WITH old AS (
      DELETE FROM job_run WHERE name = :name AND due_at < :dueAt::timestamptz - interval '${KEPT_FOR}'
    )
    INSERT INTO job_run (name, due_at, lease_until, is_done) VALUES (:name, :dueAt, now(), true)
    ON CONFLICT (name, due_at) DO UPDATE SET is_done = true`,
});

/**
 * Lets each daily job run once per day on any number of instances: one row per job and due time, and who inserts
 * it runs.
 */
@Injectable()
export class DailyRuns {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Runs `work` unless this due time is done, or another instance is at it.
   *
   * @returns whether there is nothing left to do; false: another instance is at it, and may yet die
   */
  async once(name: string, dueAt: Date, work: () => Promise<unknown>): Promise<boolean> {
    if (!(await this.claim(name, dueAt))) return (await this.find(name, dueAt))?.isDone === true;
    const extending = setInterval(
      () => void this.extend(name, dueAt, LEASE_MS).catch(() => undefined),
      EXTEND_EVERY_MS,
    );
    try {
      await work();
      await this.done(name, dueAt);
      return true;
    } catch (error) {
      // Anyone may try again at once.
      await this.extend(name, dueAt, 0).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(extending);
    }
  }

  /** It was run for this due time, whoever asked for it. */
  async done(name: string, dueAt: Date): Promise<void> {
    await this.prisma.run(DONE, { name, dueAt });
  }

  /** The sandbox clock went back: what was run for times that are to come again is run again. */
  async clockWentBack(now: Date): Promise<void> {
    await this.prisma.jobRun.deleteMany({ where: { dueAt: { gt: now } } });
  }

  private async claim(name: string, dueAt: Date): Promise<boolean> {
    const claimed = await this.prisma.run(CLAIM, { name, dueAt, leaseMs: LEASE_MS });
    return claimed.length === 1;
  }

  private async extend(name: string, dueAt: Date, leaseMs: number): Promise<void> {
    await this.prisma.run(EXTEND, { name, dueAt, leaseMs });
  }

  private find(name: string, dueAt: Date) {
    return this.prisma.jobRun.findUnique({ where: { name_dueAt: { name, dueAt } } });
  }
}
