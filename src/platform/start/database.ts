import pg from 'pg';
import { BadSettings } from '../../config.ts';

const ANSWERS_WITHIN_MS = 10_000;

/** @throws BadSettings in one line, without the password, when nothing at DATABASE_URL lets us in */
export async function reachDatabase(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: ANSWERS_WITHIN_MS });
  // Without a listener, a connection that is cut while it is made ends the program.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { host } = new URL(databaseUrl);
    const { message, code } = error as Error & { code?: string };
    throw new BadSettings(`DATABASE_URL: ${host}: ${message || code || 'cannot be reached'}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
