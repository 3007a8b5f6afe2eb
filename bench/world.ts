import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { projectRoot } from '../src/platform/project-root.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { seedPlans } from '../src/catalog/seed-plans.ts';
import { startChild } from './child.ts';
import { type Program, startProgram } from './program.ts';

export type Stop = () => Promise<unknown>;

/** A PostgreSQL with fsync, a simulator that responds at once, and the programs between them. */
export interface World {
  databaseUrl: string;
  sql: pg.Pool;
  simulatorUrl: string;
  jwtSecret: string;
  encryptionKey: Buffer;
  /** The folder for the program's CPU profiles. undefined: no profiles */
  profiles: string | undefined;
  /** The result of an earlier section. */
  confirmsPerSecond?: number;
  start(changes?: { databaseUrl?: string }): Promise<Program>;
}

/** @param stops receives a function for everything that is started, to be called in reverse order */
export async function createWorld(stops: Stop[], profiles: string | undefined): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'gudok-bench-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const subfolder = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    return path;
  };

  const starting = startEmbeddedPostgres({ dataDir: folder, password: randomBytes(12).toString('hex') });
  stops.push(() => starting.then((postgres) => postgres.stop()));
  const { url: databaseUrl } = await starting;
  await migrate(databaseUrl, join(projectRoot, 'prisma'));
  await seedPlans(databaseUrl);
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  sql.on('error', () => undefined);
  stops.push(() => sql.end());

  const simulator = startChild('simulator/main.js', await subfolder('simulator'), { SIMULATOR_DATA: ':memory:' });
  stops.push(simulator.stop);
  const simulatorUrl = await new Promise<string>((resolve, reject) => {
    simulator.process.once('message', (message: { url: string }) => resolve(message.url));
    simulator.process.once('exit', (code) => reject(new Error(`the simulator ended with code ${code}`)));
  });

  const world: World = {
    databaseUrl,
    sql,
    simulatorUrl,
    jwtSecret: randomBytes(32).toString('hex'),
    encryptionKey: randomBytes(32),
    profiles,
    start: async (changes = {}) =>
      startProgram(await subfolder(`program-${stops.length}`), { ...world, ...changes }, stops),
  };
  return world;
}
