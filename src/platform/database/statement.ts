import { fromColumns, type Types, type Values } from './column-types.ts';

/** A statement whose text never changes: PostgreSQL plans it once, and the tests hold it against the schema. */
export interface Statement<P extends Types, R extends Types> {
  readonly name: string;
  /** With `$1`, `$2`, ... for the parameters. */
  readonly text: string;
  readonly params: P;
  /** In the order of their numbers. */
  readonly order: readonly string[];
  readonly row: R;
}

/** Every statement that a loaded module declares. */
export const STATEMENTS = new Map<string, Statement<Types, Types>>();

/** `:name`, but not `::type`. */
const PARAMETER = /(?<!:):([a-z]\w*)/gi;

/**
 * Declares a statement. In its text `:name` stands for a parameter; columns come back under the names of the program
 * (`order_id` as `orderId`).
 *
 * @param name unique: also the name that it is prepared under
 */
export function statement<P extends Types, R extends Types>(
  name: string,
  { params, row, sql }: { params: P; row: R; sql: string },
): Statement<P, R> {
  if (STATEMENTS.has(name)) throw new Error(`two statements are called ${name}`);
  const order = [...new Set([...sql.matchAll(PARAMETER)].map(([, parameter]) => parameter!))];
  const text = sql.replaceAll(PARAMETER, (_, parameter: string) => `$${order.indexOf(parameter) + 1}`);
  const declared = { name, text, params, order, row };
  STATEMENTS.set(name, declared);
  return declared;
}

/** The values to send, in order. */
export function valuesOf<P extends Types>({ params, order }: Statement<P, Types>, values: Values<P>): unknown[] {
  return order.map((name) => params[name]!.encode(values[name]));
}

/** What came back, under the names of the program. */
export function rowsOf<R extends Types>({ row }: Statement<Types, R>, rows: Record<string, unknown>[]): Values<R>[] {
  return rows.map((columns) => fromColumns(row, columns, 'decode'));
}
