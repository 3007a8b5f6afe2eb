import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { seedPlans } from '../../src/catalog/seed-plans.ts';

/** One PostgreSQL for the whole run, with a migrated database that every test file copies. */
export default async function start() {
  // All that chance decides in this run.
  process.env.SEED ??= String(randomInt(2 ** 31));
  console.log(`SEED=${process.env.SEED}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'gudok-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, password: 'test', durable: false });
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('CREATE DATABASE template');
  await admin.end();
  const template = databaseUrl(postgres.url, 'template');
  await migrate(template, join(import.meta.dirname, '../../prisma'));
  await seedPlans(template);
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_DATA_DIR = dataDir;
  globalThis.stopTestPostgres = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

function databaseUrl(url, name) {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
