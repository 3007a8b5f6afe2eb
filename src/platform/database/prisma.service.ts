import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { databaseConfig } from '../../config-namespaces.ts';
import type { Types, Values } from './column-types.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { rowsOf, type Statement, valuesOf } from './statement.ts';

/** From 10 up the size hardly matters (measured); below 4 it halves what gets through. */
const CONNECTIONS = 16;

export type Sql = Prisma.Sql;
export const sql = Prisma.sql;
/** What every write takes as its first parameter: the caller's transaction, or the service itself for one statement. */
export type Tx = Prisma.TransactionClient;

/** The database: Prisma's models for most things, one raw statement per step on the path of money. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  /** Shared with the job engine. */
  readonly pool: pg.Pool;
  private readonly nameOf = statementNames();

  constructor(@Inject(databaseConfig.KEY) config: ConfigType<typeof databaseConfig>) {
    const pool = new Pool({
      connectionString: config.databaseUrl!,
      max: CONNECTIONS,
      connectionTimeoutMillis: 5_000,
      statement_timeout: config.statementTimeoutMs,
      onConnect: inUtc,
    });
    const log = new Logger('Database');
    const onLost = (error: Error) => log.warn({ message: 'connection lost', error: error.message });
    pool.on('error', onLost);
    pool.on('connect', (client) => client.on('error', onLost));
    super({ adapter: new PrismaPg(pool, { statementNameGenerator: statementNames(), onConnectionError: onLost }) });
    this.pool = pool;
  }

  /**
   * One statement on the path of money, straight through the driver: of what Prisma's raw queries cost beside PostgreSQL,
   * more than half is left out (measured). Instants come as Date, JSON as values, as with Prisma; bigint comes as text.
   */
  async statement<Row extends object>({ text, values }: Sql): Promise<Row[]> {
    const { rows } = await again(() =>
      this.pool.query<Row>({ name: this.nameOf({ sql: text }), text, values }).catch(withCode),
    );
    return rows;
  }

  /**
   * Runs a declared statement: straight through the driver, which costs less than half of Prisma's raw queries
   * (measured), or in the caller's transaction.
   */
  async run<P extends Types, R extends Types>(
    statement: Statement<P, R>,
    params: Values<P>,
    tx?: Tx,
  ): Promise<Values<R>[]> {
    const values = valuesOf(statement, params);
    if (tx && tx !== this) return rowsOf(statement, await tx.$queryRawUnsafe(statement.text, ...values));
    const { name, text } = statement;
    const { rows } = await again(() =>
      this.pool.query<Record<string, unknown>>({ name, text, values }).catch(withCode),
    );
    return rowsOf(statement, rows);
  }

  /** Several statements, all or nothing. `work` is run again when PostgreSQL had to undo it for another's sake. */
  atomically<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return again(() => this.$transaction(work, PATIENCE));
  }

  /** Runs a declared statement under a time limit of its own. */
  async runWithin<P extends Types, R extends Types>(
    maxMs: number,
    statement: Statement<P, R>,
    params: Values<P>,
  ): Promise<Values<R>[]> {
    return this.$transaction(
      async (tx) => {
        await tx.$queryRaw(sql`SELECT set_config('statement_timeout', ${String(Math.ceil(maxMs))}, true)`);
        return this.run(statement, params, tx);
      },
      // PostgreSQL ends the statement; the margin is for a machine that learns of it late.
      { timeout: maxMs + PATIENCE.timeout, maxWait: PATIENCE.maxWait },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
    await this.pool.end();
  }
}

/** pg-pool says in words alone that no connection came free in time; as a timed-out socket Prisma knows it too. */
class Pool extends pg.Pool {
  override connect(done?: unknown): never {
    const tell = done as undefined | ((error: Error | undefined, ...rest: unknown[]) => void);
    if (!tell) return super.connect().catch((error: Error) => Promise.reject(asTimeout(error))) as never;
    return super.connect((error, ...rest) => tell(error && asTimeout(error), ...rest)) as never;
  }
}

function asTimeout(error: Error & { code?: string }): Error {
  if (error.code !== undefined) return error;
  return Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect', errno: -110 });
}

/**
 * Prisma writes instants without an offset and ignores the offset of those it reads, which is right only where the
 * session is in UTC. The pool waits for it before it hands the connection out.
 */
const inUtc = (client: pg.ClientBase): unknown => client.query("SET TIME ZONE 'UTC'");

/** A deadlock, or a transaction that could not be put in order: nothing of it was done, and it may be run again. */
const UNDONE = new Set(['40P01', '40001', 'P2034']);
const TIMES_AT_MOST = 5;
/** What Toss has done must get into the books, however long somebody else holds a row; and be waited for rather than tried again. */
const PATIENCE = { timeout: 30_000, maxWait: 10_000 };

async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times++) {
    try {
      return await run();
    } catch (error) {
      if (times === TIMES_AT_MOST || !UNDONE.has(sqlState(error) ?? (error as { code?: string }).code ?? ''))
        throw error;
    }
  }
}

/** Of a connection that was cut or could not be made, pg tells in words alone; the code is what tells it from a defect. */
function withCode(error: Error & { code?: string }): never {
  if (!(error instanceof pg.DatabaseError)) error.code ??= 'ECONNRESET';
  throw error;
}

/** One prepared statement per text: half the database's work for a short statement is parsing and planning it. */
function statementNames() {
  const names = new Map<string, string>();
  return ({ sql: text }: { sql: string }): string => {
    const known = names.get(text);
    if (known) return known;
    const name = createHash('sha1').update(text).digest('base64url');
    // Lists and filters make many texts; a forgotten name is only prepared once more.
    if (names.size > 2_000) names.clear();
    names.set(text, name);
    return name;
  };
}

/** PostgreSQL's code of a failed raw statement or model call, for example 23505 for a unique index. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.code;
  return adapterCause(error)?.originalCode;
}

/** Codes of PostgreSQL, Prisma and sockets that say: there is no database to talk to, or none that has time for us. */
const UNREACHABLE = new Set([
  ...['P1001', 'P1002', 'P1003', 'P1008', 'P1017', 'P2024'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'],
  // 57014: a statement ran into its time limit.
  ...['57014', '57P01', '57P02', '57P03', '53300', '3D000', '55000'],
]);
/** The same of a raw statement through Prisma, which has no code for it. */
const UNREACHABLE_KINDS = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'];

/** Of a connection that was cut while it was used, pg tells in words alone. */
const CONNECTION_LOST = /Connection terminated|connection error and is not queryable/;

/** Whether the same request can succeed once the database is back. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  const code = sqlState(error) ?? (error as { code?: unknown } | null)?.code;
  if (UNREACHABLE.has(code as string) || UNREACHABLE_KINDS.includes(adapterCause(error)?.kind ?? '')) return true;
  return CONNECTION_LOST.test((error as Error | null)?.message ?? '');
}

/** What the driver adapter said, inside Prisma's own error. */
function adapterCause(error: unknown): { kind?: string; originalCode?: string } | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  return (error.meta as { driverAdapterError?: { cause?: object } } | undefined)?.driverAdapterError?.cause;
}

/** The constraint that a raw statement violated, by its name. */
export function constraintOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}

/** Values, constraints, raised exceptions, and statements that PostgreSQL cannot make sense of. */
const OF_THE_STATEMENT = /^(22|23|42|P0)/;

/** An error that the same input meets again: of the program, or of the row. Anything else is trouble with the database. */
export function isDefect(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return OF_THE_STATEMENT.test(state);
  return error instanceof Error && !('code' in error) && !(error instanceof Prisma.PrismaClientInitializationError);
}
