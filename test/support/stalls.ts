import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestDatabase } from './database.ts';

/**
 * Holds statements up inside PostgreSQL: between the moment at which a statement sees the database, and its write of
 * a row.
 *
 * @param when a condition on the row that is written, e.g. `NEW.user_id = 'u'`
 * @returns how to end it
 */
export async function stallWrites(
  database: TestDatabase,
  table: string,
  when: string,
  seconds: number,
): Promise<() => Promise<void>> {
  await database.query(
    `CREATE OR REPLACE FUNCTION stall_${table}() RETURNS trigger
      LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$`,
  );
  await database.query(
    `CREATE TRIGGER stall_${table} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (${when})
      EXECUTE FUNCTION stall_${table}()`,
  );
  return async () => void (await database.query(`DROP TRIGGER stall_${table} ON ${table}`));
}

type Query = (...args: unknown[]) => unknown;

/**
 * Holds statements up before they reach PostgreSQL, by their text: between one statement of a flow and the next.
 *
 * @param times how many of them
 * @returns how to end it
 */
export function stallStatements(pattern: RegExp, ms: number, times = Infinity): () => void {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const original = prototype.query;
  let left = times;
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args;
    const text = typeof query === 'string' ? query : ((query as { text?: string } | null)?.text ?? '');
    const isPlain =
      typeof args.at(-1) !== 'function' &&
      !(typeof query === 'object' && query !== null && 'callback' in query) &&
      !(typeof query === 'object' && query !== null && 'submit' in query);
    if (left <= 0 || !isPlain || !pattern.test(text)) return original.apply(this, args);
    left--;
    return sleep(ms).then(() => original.apply(this, args));
  };
  return () => void (prototype.query = original);
}
