import { PrismaService, statement, t, type Tx } from '../database/index.ts';

const ENQUEUE = statement('jobs.enqueue', {
  params: { name: t.text },
  row: { jobs: t.long },
  sql: `
    SELECT count(*) AS jobs FROM (
      SELECT graphile_worker.add_job(:name, '{}'::json, run_at := now(), max_attempts := 10, job_key := :name,
        job_key_mode := 'preserve_run_at')) AS added`,
});

/** Has a job without a payload run once the caller's transaction is committed; one that waits already is enough. */
export async function enqueue(prisma: PrismaService, tx: Tx, name: string): Promise<void> {
  await prisma.run(ENQUEUE, { name }, tx);
}
