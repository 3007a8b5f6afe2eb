import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isUnreachable } from '../database/index.ts';

const RETRY_DELAY_MS = 1_000;

type Connect = pg.Pool['connect'];
type Query = (...given: unknown[]) => Promise<unknown>;

/** The engine names its prepared statements: those by which a job ends. */
const endsJob = (query: unknown): query is pg.QueryConfig =>
  /^(complete|fail)_job(_q)?\//.test((query as Partial<pg.QueryConfig> | undefined)?.name ?? '');

/**
 * The pool as the job engine gets it. The engine does not wait for the statement by which a job ends: where that
 * statement fails because there is no connection, it is an unhandled rejection, which ends the program. Such a
 * statement is repeated here until the database is back; it can be run twice. All others fail as usual: the engine
 * polls again.
 */
export function enginePool(pool: pg.Pool): pg.Pool {
  const connect = ((callback?: Parameters<Connect>[0]) =>
    callback ? pool.connect(callback) : connected(pool)) as Connect;
  return overriding(pool, { connect });
}

async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  const repeated = (query: unknown) => (error: Error) => {
    if (endsJob(query) && (pool.ending || isUnreachable(error))) return repeat(pool, query);
    throw error;
  };
  try {
    const client = await pool.connect();
    const query: Query = (...given) =>
      Promise.resolve((client.query as unknown as Query).apply(client, given)).catch(repeated(given[0]));
    return overriding(client, { query: query as unknown as typeof client.query });
  } catch (error) {
    // Which statement it was to be is known only when it comes.
    const query: Query = (given) => Promise.reject(error as Error).catch(repeated(given));
    return { query, release: () => undefined } as unknown as pg.PoolClient;
  }
}

async function repeat(pool: pg.Pool, query: pg.QueryConfig): Promise<unknown> {
  while (!pool.ending) {
    await sleep(RETRY_DELAY_MS, undefined, { ref: false });
    try {
      return await pool.query(query);
    } catch (error) {
      if (!pool.ending && !isUnreachable(error)) throw error;
    }
  }
  // The instance is ending. Tasks bear being run twice.
  return { rows: [], rowCount: 0 };
}

/** An object with some of its methods replaced; all others run on the object itself. */
function overriding<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      if (name in methods) return methods[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
