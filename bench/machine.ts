import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { World } from './world.ts';

/** What the absolute numbers are worth, in one line. A machine that is busy already says nothing about milliseconds. */
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
    `load average ${loadavg()[0]!.toFixed(1)} before we began`,
  ].join(' | ');
}
