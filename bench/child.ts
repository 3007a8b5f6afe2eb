import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '..');
/** A process that does not leave by then is not waited for. */
const LEAVES_WITHIN_MS = 15_000;

export interface Child {
  process: ChildProcess;
  /** May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a built script as a process of its own, its words in a file. It ends when the channel between us closes, so it
 * does not outlive us, not even when we are killed.
 */
export function startChild(script: string, folder: string, env: Record<string, string>, flags: string[] = []): Child {
  const log = openSync(join(folder, 'stdout.log'), 'a');
  const child = fork(join(DIST, script), [], {
    // Not the project's folder: a developer's .env is no part of the measurement.
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
      const impatience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
      await ended;
      clearTimeout(impatience);
    },
  };
}
