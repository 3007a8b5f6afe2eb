import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { databaseConfig } from '../../config-namespaces.ts';
import { t, type Types, type Values } from './column-types.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { rowsOf, type Statement, statement, valuesOf } from './statement.ts';

/** From 10 up the size hardly matters (measured); below 4 it halves what gets through. */
const CONNECTIONS = 16;

const LIMIT_TIME = statement('database.limit-time', {
  params: { maxMs: t.text },
  row: { limit: t.text },
  sql: `SELECT set_config('statement_timeout', :maxMs, true) AS limit`,
});

/** The first parameter of every write: the caller's transaction, or the service itself for a single statement. */
export type Tx = Prisma.TransactionClient;

/** The database: Prisma's models for most queries, one raw statement per step of the money path. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  /** Shared with the job engine. */
  readonly pool: pg.Pool;

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

  /** Runs `work` in one transaction, and again when PostgreSQL aborts it because of a deadlock or a conflict. */
  atomically<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return again(() => this.$transaction(work, TRANSACTION_LIMITS));
  }

  /** Runs a declared statement under a time limit of its own. */
  async runWithin<P extends Types, R extends Types>(
    maxMs: number,
    statement: Statement<P, R>,
    params: Values<P>,
  ): Promise<Values<R>[]> {
    return this.$transaction(
      async (tx) => {
        await this.run(LIMIT_TIME, { maxMs: String(Math.ceil(maxMs)) }, tx);
        return this.run(statement, params, tx);
      },
      // PostgreSQL ends the statement; the margin is for a machine that learns of it late.
      { timeout: maxMs + TRANSACTION_LIMITS.timeout, maxWait: TRANSACTION_LIMITS.maxWait },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
    await this.pool.end();
  }
}

/** pg-pool reports a wait for a connection that timed out without a code. Prisma understands a timed-out socket. */
class Pool extends pg.Pool {
  override connect(done?: unknown): never {
    const callback = done as undefined | ((error: Error | undefined, ...rest: unknown[]) => void);
    if (!callback) return super.connect().catch((error: Error) => Promise.reject(asTimeout(error))) as never;
    return super.connect((error, ...rest) => callback(error && asTimeout(error), ...rest)) as never;
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

/** A deadlock or a serialization failure: the transaction was rolled back and may be run again. */
const UNDONE = new Set(['40P01', '40001', 'P2034']);
const MAX_ATTEMPTS = 5;
/** Long: the outcome of a payment must be recorded however long another transaction locks a row. */
const TRANSACTION_LIMITS = { timeout: 30_000, maxWait: 10_000 };

async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !UNDONE.has(sqlState(error) ?? (error as { code?: string }).code ?? ''))
        throw error;
    }
  }
}

/** pg reports a connection that was cut or not made without a code. The code distinguishes it from a defect. */
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
    // Lists and filters make many texts. A name that is dropped here is prepared again.
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

/** Codes of PostgreSQL, Prisma and sockets for a database that is unreachable or overloaded. */
const UNREACHABLE = new Set([
  ...['P1001', 'P1002', 'P1003', 'P1008', 'P1017', 'P2024'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'],
  // 57014: a statement exceeded its time limit.
  ...['57014', '57P01', '57P02', '57P03', '53300', '3D000', '55000'],
]);
/** The same for a raw statement through Prisma, which has no code for them. */
const UNREACHABLE_KINDS = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'];

/** pg reports a connection that was cut during use without a code. */
const CONNECTION_LOST = /Connection terminated|connection error and is not queryable/;

/** Whether the same request can succeed once the database is back. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  const code = sqlState(error) ?? (error as { code?: unknown } | null)?.code;
  if (UNREACHABLE.has(code as string) || UNREACHABLE_KINDS.includes(adapterCause(error)?.kind ?? '')) return true;
  return CONNECTION_LOST.test((error as Error | null)?.message ?? '');
}

/** The driver adapter's error inside Prisma's own error. */
function adapterCause(error: unknown): { kind?: string; originalCode?: string; originalMessage?: string } | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  return (error.meta as { driverAdapterError?: { cause?: object } } | undefined)?.driverAdapterError?.cause;
}

/** PostgreSQL's messages name the constraint, and those of our functions do too. */
const CONSTRAINT = /constraint "(\w+)"/;

/** The constraint that a raw statement violated, by its name: of Prisma's errors only the message has it. */
export function constraintOf(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.constraint;
  return CONSTRAINT.exec(adapterCause(error)?.originalMessage ?? '')?.[1];
}

/** Classes of invalid values, violated constraints, raised exceptions and invalid statements. */
const OF_THE_STATEMENT = /^(22|23|42|P0)/;

/** Whether the same input fails again, because of the program or the row. Other errors are the database's. */
export function isDefect(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return OF_THE_STATEMENT.test(state);
  return error instanceof Error && !('code' in error) && !(error instanceof Prisma.PrismaClientInitializationError);
}
