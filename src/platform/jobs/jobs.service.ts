import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { run, type Runner, Logger as WorkerLogger } from 'graphile-worker';
import { v7 as uuid } from 'uuid';
import { requestContext } from '../logging/request-context.ts';
import { PrismaService, statement, t } from '../database/index.ts';
import { enginePool } from './engine-pool.ts';

/** A task must bear being run twice: an instance that is killed leaves its job to be run again. */
type Task = (payload: unknown) => Promise<void>;

const CONCURRENCY = 8;

const OLDEST_DUE = statement('jobs.oldest-due', {
  params: {},
  row: { seconds: t.long },
  sql: `
    SELECT COALESCE(EXTRACT(epoch FROM now() - min(run_at)), 0)::bigint AS seconds
    FROM graphile_worker._private_jobs WHERE run_at < now() AND locked_at IS NULL AND attempts < max_attempts`,
});

/**
 * Background work, on graphile-worker: jobs are rows, written by the very statement that makes the work due, taken by
 * any number of instances. See docs/decisions/job-engine.md.
 */
@Injectable()
export class JobsService implements BeforeApplicationShutdown {
  private readonly log = new Logger('jobs');
  private readonly tasks = new Map<string, Task>();
  private runner: Runner | undefined;

  constructor(private readonly prisma: PrismaService) {}

  /** To be called before the start. */
  handle(name: string, task: Task): void {
    this.tasks.set(name, task);
  }

  /** Begins to run the tasks that are due. */
  async start(): Promise<void> {
    const run1 = (task: Task) => (payload: unknown) =>
      requestContext.run({ requestId: `job-${uuid()}` }, () => task(payload));
    this.runner = await run({
      pgPool: enginePool(this.prisma.pool),
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      pollInterval: 1_000,
      taskList: Object.fromEntries([...this.tasks].map(([name, task]) => [name, run1(task)])),
      logger: new WorkerLogger(() => (level, message) => {
        if (level === 'error') this.log.error({ message });
        else if (level === 'warning') this.log.warn({ message });
      }),
    });
  }

  /** Waits for the jobs under way: a call to Toss is not cut off. */
  async beforeApplicationShutdown(): Promise<void> {
    try {
      await this.runner?.stop();
    } catch (error) {
      // Its database is gone. What it had taken is taken again when its locks run out; the rest must still be closed.
      this.log.warn({ message: 'the job engine did not stop in order', error: (error as Error).message });
    }
  }

  /** How late the oldest due job is, in seconds; 0 when none is due. */
  async lagSeconds(): Promise<number> {
    const [row] = await this.prisma.run(OLDEST_DUE, {});
    return row!.seconds;
  }
}
