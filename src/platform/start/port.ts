import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadSettings, type Settings } from '../../config.ts';

const MAX_PORTS = 100;
/** An instance whose parent was killed finishes its requests and ends. */
const PREDECESSOR_TIMEOUT_MS = 15_000;

/** Reserved until the instance listens: otherwise two instances that start at once would both find it free. */
export interface ReservedPort {
  port: number;
  release(): Promise<void>;
}

/**
 * The port to listen on. A configured port must be free. The default port moves on when another program uses it, so
 * that two clones run side by side.
 *
 * @throws BadSettings when the port is taken, or when another instance already runs on the same DATA_DIR
 */
export async function portFor(settings: Settings): Promise<ReservedPort> {
  const { port, host, portMayMove, dataDir } = settings;
  await waitForPredecessor(dataDir, lockFileOf(settings));
  for (let candidate = port; candidate < port + (portMayMove ? MAX_PORTS : 1); candidate++) {
    const reserved = await reserve(candidate, host);
    if (reserved) return reserved;
  }
  throw new BadSettings(`PORT: ${port} is taken by another program`);
}

/** An API and a worker may share a DATA_DIR that holds nothing but their secrets: no database and no simulator. */
function lockFileOf({ role, databaseUrl, tossApiUrl }: Settings): string {
  return role === 'all' || databaseUrl === null || tossApiUrl === null ? 'program.pid' : `${role}.pid`;
}

/** Two instances must not share a DATA_DIR: the second would adopt the first one's database, and stop it at its end. */
async function waitForPredecessor(dataDir: string, name: string): Promise<void> {
  const file = join(dataDir, name);
  const deadline = Date.now() + PREDECESSOR_TIMEOUT_MS;
  while (existsSync(file) && isProgram(Number(readFileSync(file, 'utf8')))) {
    if (Date.now() > deadline)
      throw new BadSettings(
        `DATA_DIR: a program is already running on ${dataDir} (process ${readFileSync(file, 'utf8')})`,
      );
    await sleep(100);
  }
  writeFileSync(file, String(process.pid));
}

/** Process numbers are reused, so a live process is not enough. */
function isProgram(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('src/main');
  } catch {
    return false;
  }
}

/** @returns null when the port is taken; for 0, one that is free */
function reserve(port: number, host: string): Promise<ReservedPort | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(new BadSettings(`HOST or PORT: ${error.message}`)),
    );
    server.listen(port, host, () => {
      const { port: chosen } = server.address() as { port: number };
      server.unref();
      resolve({ port: chosen, release: () => new Promise((released) => server.close(() => released())) });
    });
  });
}
