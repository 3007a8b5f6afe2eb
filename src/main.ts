import { BadSettings, readSettings, type Settings } from './config.ts';
import { join } from 'node:path';
import { projectRoot } from './common/project-root.ts';
import { startEmbeddedPostgres } from './db/embedded-postgres.ts';
import { migrate } from './db/migrate.ts';
import { seedPlans } from './db/seed.ts';
import { createApp } from './http/app.ts';
import { portFor } from './start/port.ts';
import { startSimulator } from './start/simulator-process.ts';

type Stop = () => Promise<void>;

/** Starts everything in order, and stops it in the reverse order however the end comes. */
async function main(): Promise<void> {
  const stops: Stop[] = [];
  const stop = once(async () => {
    for (const step of stops.toReversed()) await step().catch((error: unknown) => console.error('while stopping:', error));
  });
  const leave = async (code: number) => {
    await stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(0));
  // Whoever started us is gone: nobody is left to stop us.
  process.on('disconnect', () => void leave(0));

  try {
    const settings = readSettings();
    const running = await start(settings, stops);
    for (const line of welcome(running)) console.log(line);
  } catch (error) {
    if (error instanceof BadSettings) console.error(`Bad settings: ${error.message}`);
    else console.error('Gudok could not start:', error);
    await leave(1);
  }
}

async function start(given: Settings, stops: Stop[]): Promise<Settings> {
  const settings = { ...given, port: await portFor(given) };
  if (settings.databaseUrl === null) {
    const postgres = await startEmbeddedPostgres({ dataDir: settings.dataDir, password: settings.databasePassword });
    stops.push(postgres.stop);
    settings.databaseUrl = postgres.url;
  }
  await migrate(settings.databaseUrl, join(projectRoot, 'prisma'));
  await seedPlans(settings.databaseUrl);
  if (settings.tossApiUrl === null) {
    const simulator = await startSimulator(settings);
    stops.push(simulator.stop);
    settings.tossApiUrl = simulator.url;
    settings.simulatorUrl = simulator.url;
  }
  const app = await createApp(settings);
  stops.push(() => app.close());
  await app.listen(settings.port, settings.host);
  return settings;
}

function welcome({ port, host, sandbox, simulatorUrl }: Settings): string[] {
  const here = `http://${host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host}:${port}`;
  return [
    '',
    `  구독 Gudok is ready${sandbox ? ' (sandbox: no real money moves)' : ''}`,
    `  try it     ${here}/`,
    `  API        ${here}/docs`,
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
