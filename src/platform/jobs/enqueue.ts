import { PrismaService, statement, t, type Tx } from '../database/index.ts';

const ENQUEUE = statement('jobs.enqueue', {
  params: { name: t.text },
  row: { jobs: t.long },
  sql: `SELECT count(*) AS jobs FROM (${enqueueSql(':name', 0)}) AS added`,
});

/** Has a job without a payload run once the caller's transaction is committed; one that waits already is enough. */
export async function enqueue(prisma: PrismaService, tx: Tx, name: string): Promise<void> {
  await prisma.run(ENQUEUE, { name }, tx);
}

/**
 * The text of a query that enqueues a job where `from` yields a row: a common table expression of a declared statement,
 * whose rows the statement must count.
 *
 * @param from a table expression of the statement
 * @param name the job, without quotes
 * @param delayMs of real time
 * @param key one job at a time is kept under it: a second keeps the first one's time
 */
export function enqueueFrom(from: string, name: string, delayMs: number, key = name): string {
  return `${enqueueSql(`'${name}'`, delayMs, `'${key}'`)} FROM ${from}`;
}

function enqueueSql(name: string, delayMs: number, key = name): string {
  return `
    SELECT graphile_worker.add_job(${name}, '{}'::json, run_at := now() + interval '${delayMs} ms',
      max_attempts := 10, job_key := ${key}, job_key_mode := 'preserve_run_at')`;
}
