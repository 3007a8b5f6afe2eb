import { columnOf, t, type Types } from '../database/column-types.ts';
import { type Statement, statement } from '../database/statement.ts';

/**
 * A queue over a due column of a table. It is declared once, where the module is loaded: its texts are static SQL,
 * which the tests hold against the schema. In the conditions the row is called `mine`, and `:now` is the program's
 * time.
 */
export interface QueueSource<R extends Types> {
  /** Unique. Also what the log calls it. */
  name: string;
  table: string;
  /** The primary key, under its name in `row`. */
  key: keyof R & string;
  /** The column that says when a row is due. null there: the row waits for nothing. */
  due: string;
  /** What a claim returns of a row. */
  row: R;
  /** Which of the rows that are due go first. Those that have waited longest, unless given. */
  order?: string;
  /** A row for which this does not hold waits, however long it has been due. It must not depend on the time. */
  ready?: string;
  /** The same, for a wait that is over soon: for example, after another row of the same payment. */
  spacing?: string;
  /** What a claim writes besides the lease: `tries = tries + 1`. */
  writes?: string;
  /**
   * A statement that runs when the sandbox's clock goes back: instants besides `due` that must not be in the future.
   */
  rewind?: string;
}

const WRITTEN = {} satisfies Types;
type Plain<P extends Types> = Statement<P, typeof WRITTEN>;
type Now = { now: typeof t.instant };
type Lease = Now & { leaseUntil: typeof t.instant };

/** The statements of a queue. */
export interface QueueDeclaration<R extends Types> {
  source: QueueSource<R>;
  claim: Statement<Lease & { limit: typeof t.long }, R>;
  claimOne: Statement<Lease & { key: Types[string] }, R>;
  nextDue: Statement<Types, { due: ReturnType<typeof t.nullable<Date>> }>;
  isDue: Statement<Now, { isDue: typeof t.bool }>;
  move: Plain<{ keys: Types[string]; leaseUntil: typeof t.instant; due: typeof t.instant }>;
  clockWentBack: Plain<Now>;
  rewind: Plain<Now> | null;
}

/** Declares a queue. */
export function queue<R extends Types>(source: QueueSource<R>): QueueDeclaration<R> {
  const { name, table, due, rewind } = source;
  const ready = source.ready ?? 'true';
  const key = columnOf(source.key);
  const keyType = source.row[source.key]!;
  const now = { now: t.instant };
  return {
    source,
    ...claims(source),
    nextDue: statement(`${name}.next-due`, {
      params: {},
      row: { due: t.nullable(t.instant) },
      sql: `SELECT ${due} AS due FROM ${table} mine WHERE ${due} IS NOT NULL AND (${ready}) ORDER BY ${due} LIMIT 1`,
    }),
    isDue: statement(`${name}.is-due`, {
      params: now,
      row: { isDue: t.bool },
      sql: `SELECT EXISTS (SELECT FROM ${table} mine WHERE ${due} <= :now AND (${ready})) AS is_due`,
    }),
    // Only of a row whose lease is still the caller's.
    move: statement(`${name}.move`, {
      params: { keys: t.list(keyType), leaseUntil: t.instant, due: t.instant },
      row: WRITTEN,
      sql: `UPDATE ${table} SET ${due} = :due WHERE ${key} = ANY(:keys) AND ${due} = :leaseUntil`,
    }),
    clockWentBack: statement(`${name}.clock-went-back`, {
      params: now,
      row: WRITTEN,
      sql: `UPDATE ${table} SET ${due} = :now WHERE ${due} > :now`,
    }),
    rewind: rewind === undefined ? null : statement(`${name}.rewind`, { params: now, row: WRITTEN, sql: rewind }),
  };
}

function claims<R extends Types>({ name, table, due, row, order = due, writes, ...source }: QueueSource<R>) {
  const key = columnOf(source.key);
  const columns = Object.keys(row).map(columnOf).join(', ');
  const isReady = `(${source.ready ?? 'true'}) AND (${source.spacing ?? 'true'})`;
  const lease = { now: t.instant, leaseUntil: t.instant };
  const update = `UPDATE ${table} SET ${[`${due} = :leaseUntil`, ...(writes ? [writes] : [])].join(', ')}`;
  const from = `FROM ${table} mine WHERE ${due} <= :now`;
  return {
    claim: statement(`${name}.claim`, {
      params: { ...lease, limit: t.long },
      row,
      sql: `${update} WHERE ${key} = ANY(ARRAY(
        SELECT ${key} ${from} AND ${isReady} ORDER BY ${order} LIMIT :limit FOR UPDATE SKIP LOCKED))
      RETURNING ${columns}`,
    }),
    claimOne: statement(`${name}.claim-one`, {
      params: { ...lease, key: row[source.key]! },
      row,
      sql: `${update} WHERE ${key} = (
        SELECT ${key} ${from} AND ${key} = :key AND ${isReady} FOR UPDATE SKIP LOCKED)
      RETURNING ${columns}`,
    }),
  };
}
