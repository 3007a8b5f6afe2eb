import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/platform/database/embedded-postgres.ts';
import { startChild } from './child.ts';
import type { Stop, World } from './world.ts';

const STARTS_WITHIN_MS = 60_000;
/** The kernel counts a process's time in ticks of 10 ms (USER_HZ, the same on every Linux that Node.js runs on). */
const TICK_MICROSECONDS = 10_000;

export interface Program {
  url: string;
  /** Resident memory in bytes. NaN where there is no /proc. */
  memory(): number;
  /** Microseconds of CPU so far, on all its threads. NaN where there is no /proc. */
  cpu(): number;
  stop(): Promise<void>;
}

/** The program as it is built, logging what it logs in production, into a file. */
export async function startProgram(folder: string, world: World, stops: Stop[]): Promise<Program> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    // Against the simulator, and said so: a sandbox by mere default is refused in production.
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
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the program did not start: ${readFileSync(join(folder, 'stdout.log'), 'utf8')}`);
    await sleep(100);
  }
  return {
    url,
    memory: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(kernelsWord(child.pid, 'status'))?.[1]) * 1024,
    // After the name, which is in brackets, the 12th and 13th number: user and system time (docs: proc_pid_stat).
    cpu: () =>
      kernelsWord(child.pid, 'stat')
        .split(') ')
        .at(-1)!
        .split(' ')
        .slice(11, 13)
        .reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MICROSECONDS,
    stop,
  };
}

function kernelsWord(pid: number | undefined, file: 'status' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ') NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN';
  }
}
