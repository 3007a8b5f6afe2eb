import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/platform/database/embedded-postgres.ts';
import { startChild } from './child.ts';
import type { Stop, World } from './world.ts';

const START_TIMEOUT_MS = 60_000;
/** The kernel counts CPU time in ticks of 10 ms (USER_HZ, the same on every Linux that Node.js supports). */
const TICK_MICROSECONDS = 10_000;

export interface Program {
  url: string;
  /** Resident memory in bytes. NaN where there is no /proc. */
  memory(): number;
  /** Microseconds of CPU so far, on all its threads. NaN where there is no /proc. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Starts the built program with the log level of production. The log goes to a file. */
export async function startProgram(folder: string, world: World, stops: Stop[]): Promise<Program> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    // Explicit, because NODE_ENV=production refuses a sandbox by default.
    SANDBOX: 'true',
    DATABASE_URL: world.databaseUrl,
    TOSS_API_URL: world.simulatorUrl,
    AUTH_JWT_SECRET: world.jwtSecret,
    ENCRYPTION_KEY: world.encryptionKey.toString('base64'),
    LOG_LEVEL: 'info',
  };
  const flags = world.profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${world.profiles}`];
  const { process: child, stop } = startChild('src/main.js', folder, env, flags);
  stops.push(stop);
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the program did not start: ${readFileSync(join(folder, 'stdout.log'), 'utf8')}`);
    await sleep(100);
  }
  return {
    url,
    memory: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readProc(child.pid, 'status'))?.[1]) * 1024,
    // User and system time are the 12th and 13th numbers after the name in brackets (docs: proc_pid_stat).
    cpu: () =>
      readProc(child.pid, 'stat')
        .split(') ')
        .at(-1)!
        .split(' ')
        .slice(11, 13)
        .reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MICROSECONDS,
    stop,
  };
}

function readProc(pid: number | undefined, file: 'status' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ') NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN';
  }
}
