import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Cuts every connection and lets nobody in, or lets them in again. */
  allowConnections(allow: boolean): Promise<void>;
  /** Cuts every connection; new ones are let in. */
  cutConnections(): Promise<void>;
  drop(): Promise<void>;
}

/** A database of one's own, copied from the migrated template; or an empty one. */
export async function createDatabase(from: 'template' | 'template0' = 'template'): Promise<TestDatabase> {
  const serverUrl = process.env['TEST_POSTGRES_URL']!;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await run(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${from}`);
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const cut = () => run(serverUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return {
    url,
    query: async (text, values) => (await pool.query(text, values)).rows,
    allowConnections: async (allow) => {
      await run(serverUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allow}`);
      if (!allow) await cut();
    },
    cutConnections: cut,
    drop: async () => {
      await pool.end();
      await run(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** CREATE DATABASE cannot run in a transaction, and copies one template one at a time. */
async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let tries = 0; ; tries++) {
      try {
        return void (await client.query(statement));
      } catch (error) {
        if ((error as { code?: string }).code !== '55006' || tries === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } finally {
    await client.end();
  }
}
