import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { projectRoot } from '../src/platform/project-root.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { seedPlans } from '../src/platform/database/seed.ts';
import { startChild } from './child.ts';
import { type Program, startProgram } from './program.ts';

export type Stop = () => Promise<unknown>;

/** A PostgreSQL that keeps what it was told (fsync on), a Toss that answers at once, and programs between them. */
export interface World {
  databaseUrl: string;
  sql: pg.Pool;
  simulatorUrl: string;
  jwtSecret: string;
  encryptionKey: Buffer;
  /** Where the program's CPU profiles go. undefined: none are taken */
  profiles: string | undefined;
  /** What an earlier section found out. */
  confirmsPerSecond?: number;
  start(changes?: { databaseUrl?: string }): Promise<Program>;
}

/** @param stops how to undo what was done so far, also when this is cut short; to be called in the reverse order */
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
