import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { World } from './world.ts';

/** The machine in one line. On a machine that is already busy the absolute numbers mean nothing. */
export async function machine({ sql }: World): Promise<string> {
  const { rows } = await sql.query<{ version: string; fsync: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync`,
  );
  const { version, fsync } = rows[0]!;
  return [
    `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `${platform()} ${release()}`,
    `Node.js ${process.versions.node}`,
    `PostgreSQL ${version}, fsync ${fsync}`,
    `load average ${loadavg()[0]!.toFixed(1)} before the benchmark`,
  ].join(' | ');
}
