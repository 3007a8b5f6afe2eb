import { BadSettings, readSettings, type Settings } from './config.ts';
import { seedPlans } from './catalog/seed-plans.ts';
import { startEmbeddedPostgres } from './platform/database/embedded-postgres.ts';
import { createApp } from './app.ts';
import { prepareDatabase, reachDatabase } from './platform/start/database.ts';
import { portFor } from './platform/start/port.ts';
import { startSimulator } from './platform/start/simulator-process.ts';

type Stop = () => Promise<void>;

/** Starts everything in order, and stops it in reverse order on a signal, a failed start or the end of the parent. */
async function main(): Promise<void> {
  const stops: Stop[] = [];
  const leaving = new AbortController();
  let starting: Promise<unknown> = Promise.resolve();
  const stop = once(async () => {
    leaving.abort();
    // Wait for the step under way: what is half started cannot be stopped.
    await starting.catch(() => undefined);
    for (const step of stops.toReversed())
      await step().catch((error: unknown) => console.error('while stopping:', error));
  });
  const leave = async (code: number) => {
    await stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(0));
  // The parent process ended, and with it the only one that would stop this process.
  process.on('disconnect', () => void leave(0));

  try {
    const settings = readSettings();
    const running = start(settings, stops, leaving.signal);
    starting = running;
    for (const line of welcome(await running)) console.log(line);
  } catch (error) {
    if (leaving.signal.aborted) return;
    if (error instanceof BadSettings) console.error(`Bad settings: ${error.message}`);
    else console.error('Gudok could not start:', error);
    await leave(1);
  }
}

async function start(given: Settings, stops: Stop[], leaving: AbortSignal): Promise<Settings> {
  const reserved = await portFor(given);
  const settings = { ...given, port: reserved.port };
  leaving.throwIfAborted();
  if (settings.databaseUrl === null) {
    const postgres = await startEmbeddedPostgres({ dataDir: settings.dataDir, password: settings.databasePassword });
    stops.push(postgres.stop);
    settings.databaseUrl = postgres.url;
  } else {
    await reachDatabase(settings.databaseUrl);
  }
  leaving.throwIfAborted();
  await prepareDatabase(settings.databaseUrl, seedPlans);
  leaving.throwIfAborted();
  if (settings.tossApiUrl === null) {
    const simulator = await startSimulator(settings);
    stops.push(simulator.stop);
    settings.tossApiUrl = simulator.url;
    settings.simulatorUrl = simulator.url;
  }
  leaving.throwIfAborted();
  const app = await createApp(settings);
  stops.push(() => app.close());
  await app.init();
  leaving.throwIfAborted();
  await reserved.release();
  await app.listen(settings.port, settings.host);
  return settings;
}

function welcome({ port, host, role, sandbox, simulatorUrl }: Settings): string[] {
  const here = `http://${host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host}:${port}`;
  return [
    '',
    `  구독 Gudok${role === 'worker' ? ' worker' : ''} is ready${sandbox ? ' (sandbox: no real money moves)' : ''}`,
    ...(role === 'worker' ? [] : [`  try it     ${here}/`, `  API        ${here}/docs`]),
    ...(simulatorUrl ? [`  simulator  ${simulatorUrl}/_books`] : []),
    `  health     ${here}/health/ready`,
    '',
  ];
}

function once(run: Stop): Stop {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}

await main();
