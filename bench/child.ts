import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '..');
/** A process that has not ended by then is killed. */
const STOP_TIMEOUT_MS = 15_000;

export interface Child {
  process: ChildProcess;
  /** May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a built script as a process that writes its output to a file. It ends when the IPC channel closes, so it never
 * outlives the benchmark, not even one that is killed.
 */
export function startChild(script: string, folder: string, env: Record<string, string>, flags: string[] = []): Child {
  const log = openSync(join(folder, 'stdout.log'), 'a');
  const child = fork(join(DIST, script), [], {
    // Not the project's folder, whose .env would change the measurement.
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    execArgv: ['--enable-source-maps', ...flags],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    process: child,
    stop: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
