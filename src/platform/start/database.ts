import { join } from 'node:path';
import pg from 'pg';
import { BadSettings } from '../../config.ts';
import { migrate } from '../database/migrate.ts';
import { projectRoot } from '../project-root.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const OLDEST_VERSION = 14;

/** @throws BadSettings in one line, without the password, when the database at DATABASE_URL cannot be used */
export async function reachDatabase(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener, a connection that is cut while it is made ends the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const version = rows[0]!.server_version;
    if (Number.parseInt(version, 10) < OLDEST_VERSION)
      throw new Error(`PostgreSQL ${OLDEST_VERSION} or newer is required, this is ${version}`);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw badDatabase(databaseUrl, message || code || 'cannot be reached');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Migrates, and fills a new installation.
 *
 * @throws BadSettings in one line when the database's user may not create tables
 */
export async function prepareDatabase(
  databaseUrl: string,
  seed: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  try {
    await migrate(databaseUrl, join(projectRoot, 'prisma'));
    await seed(databaseUrl);
  } catch (error) {
    const [refused] = /permission denied [^\n]*/.exec((error as Error).message) ?? [];
    throw refused ? badDatabase(databaseUrl, refused) : error;
  }
}

const badDatabase = (databaseUrl: string, reason: string) =>
  new BadSettings(`DATABASE_URL: ${new URL(databaseUrl).host || 'localhost'}: ${reason}`);
