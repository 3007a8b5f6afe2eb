import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config.ts';

/** For a busy machine; an idle one needs a tenth of a second. */
const START_TIMEOUT_MS = 20_000;

/** Starts the Toss simulator as a child process. It ends when the channel to this process closes, even by a kill. */
export async function startSimulator(settings: Settings): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'simulator');
  const main = [join(folder, 'main.js'), join(folder, 'main.ts')].find((file) => existsSync(file))!;
  // A server that listens on all addresses listens on this one too.
  const webhookHost = settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host;
  const child = fork(main, [], {
    env: {
      PATH: process.env['PATH'],
      SIMULATOR_DATA: join(settings.dataDir, 'simulator'),
      SIMULATOR_SECRET_KEY: settings.tossSecretKey,
      SIMULATOR_CLIENT_KEY: settings.tossClientKey,
      ...(settings.tossBillingKeys && {
        SIMULATOR_API_SECRET_KEY: settings.tossBillingKeys.secretKey,
        SIMULATOR_API_CLIENT_KEY: settings.tossBillingKeys.clientKey,
      }),
      SIMULATOR_WEBHOOK_URL: `http://${webhookHost}:${settings.port}/v1/webhooks/toss`,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the simulator did not start')), START_TIMEOUT_MS);
    child.once('message', (message: { url: string }) => (clearTimeout(timer), resolve(message.url)));
    child.once('exit', (code) => (clearTimeout(timer), reject(new Error(`the simulator ended with code ${code}`))));
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url,
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
