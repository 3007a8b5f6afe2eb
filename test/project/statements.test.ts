import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import '../../src/app.module.ts';
import { columnOf, type Type } from '../../src/platform/database/column-types.ts';
import { type Statement, STATEMENTS } from '../../src/platform/database/statement.ts';
import type { Types } from '../../src/platform/database/index.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

/** What PostgreSQL says of a statement that it has parsed, and not run. */
interface Described {
  params: string[];
  columns: { name: string; type: string; isNullable: boolean | null }[];
}

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('every declared statement', () => {
  it('is found here', () => {
    expect(STATEMENTS.size).toBeGreaterThan(0);
  });

  it.each([...STATEMENTS.keys()])('%s fits the schema', async (name) => {
    const statement = STATEMENTS.get(name)!;
    expect(statement.order.toSorted()).toEqual(Object.keys(statement.params).toSorted());
    const described = await describeStatement(statement);
    expect(wrongParams(statement, described)).toEqual([]);
    expect(wrongColumns(statement, described)).toEqual([]);
    expect(wrongRecords(statement)).toEqual([]);
    expect(await wrongRows(statement)).toEqual([]);
  });
});

function wrongParams({ order, params }: Statement<Types, Types>, { params: types }: Described): string[] {
  const wrong = order.map((name, index) => [name, types[index]!, params[name]!] as const);
  return wrong
    .filter(([, type, declared]) => !declared.names.includes(type))
    .map(([name, type]) => `:${name} is ${type}`);
}

function wrongColumns({ row }: Statement<Types, Types>, { columns }: Described): string[] {
  const declared = new Map(Object.entries(row).map(([name, type]) => [columnOf(name), type]));
  const missing = [...declared.keys()].filter((name) => !columns.some((column) => column.name === name));
  return [
    ...missing.map((name) => `${name} is not selected`),
    ...columns.flatMap(({ name, type, isNullable }) => wrongColumn(declared.get(name), name, type, isNullable)),
  ];
}

function wrongColumn(declared: Type<unknown> | undefined, name: string, type: string, isNullable: boolean | null) {
  if (!declared) return [`${name} is not declared`];
  if (!declared.names.includes(type)) return [`${name} is ${type}`];
  return isNullable === true && !declared.isNullable ? [`${name} may be null`] : [];
}

/** Rows given as JSON: the columns in the text are those that are declared, in their order. */
function wrongRecords({ name, params, order, text }: Statement<Types, Types>): string[] {
  return order.flatMap((parameter, index) => {
    const columns = params[parameter]!.columns;
    if (!columns) return [];
    const wanted = Object.entries(columns).map(([column, { names }]) => `${columnOf(column)} ${names[0]!}`);
    const records = new RegExp(`jsonb_to_recordset\\(\\$${index + 1}::jsonb\\)\\s+AS\\s+\\w+\\s*\\(([^)]*)\\)`, 'g');
    const found = [...text.matchAll(records)].map(([, list]) =>
      list!.split(',').map((part) => part.trim().replaceAll('"', '')),
    );
    if (found.length === 0) return [`${name}: :${parameter} is not read by jsonb_to_recordset`];
    return found.flatMap((list) => (list.join() === wanted.join() ? [] : [`${list.join()} is not ${wanted.join()}`]));
  });
}

/** A whole row as JSON has the columns of one table. */
async function wrongRows({ row, text }: Statement<Types, Types>): Promise<string[]> {
  const wrong = [];
  for (const [name, { columns }] of Object.entries(row)) {
    if (!columns) continue;
    const wanted = Object.entries(columns).map(([column, { names }]) => `${columnOf(column)} ${names[0]!}`);
    const { rows } = await client.query<{ columns: string[] }>(
      `SELECT array_agg(a.attname || ' ' || ty.typname ORDER BY a.attname) AS columns
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type ty ON ty.oid = a.atttypid
       WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r'
       GROUP BY c.oid`,
    );
    const normal = (list: string[]) =>
      list
        .map((each) => each.replace(/ (varchar|bpchar)$/, ' text'))
        .toSorted()
        .join();
    if (!rows.some((table) => normal(table.columns) === normal(wanted)))
      wrong.push(`${name} is the row of no table: ${text}`);
  }
  return wrong;
}

/** Parses and describes, by the protocol's own messages. */
async function describeStatement({ name, text }: Statement<Types, Types>): Promise<Described> {
  const prepared = `check ${name}`;
  const fields = await new Promise<pg.FieldDef[]>((resolve, reject) => {
    let found: pg.FieldDef[] = [];
    let failed: Error | undefined;
    const nothing = () => undefined;
    client.query({
      submit(connection: { parse(query: object): void; describe(what: object): void; sync(): void }) {
        connection.parse({ name: prepared, text, types: [] });
        connection.describe({ type: 'S', name: prepared });
        connection.sync();
      },
      handleRowDescription: (message: { fields: pg.FieldDef[] }) => (found = message.fields),
      handleReadyForQuery: () => (failed ? reject(failed) : resolve(found)),
      handleError: (error: Error) => (failed = error),
      ...{ handleDataRow: nothing, handleCommandComplete: nothing, handleEmptyQuery: nothing },
      ...{ handlePortalSuspended: nothing, handleParseComplete: nothing },
    } as unknown as pg.Submittable);
  });
  const { rows } = await client.query<{ params: string[] }>(
    `SELECT ARRAY(SELECT typname::text FROM unnest(parameter_types::oid[]) WITH ORDINALITY AS p (oid, n)
       JOIN pg_type ON pg_type.oid = p.oid ORDER BY n) AS params
     FROM pg_prepared_statements WHERE name = $1`,
    [prepared],
  );
  const columns = [];
  for (const field of fields) columns.push(await describeColumn(field));
  return { params: rows[0]!.params, columns };
}

async function describeColumn({ name, dataTypeID, tableID, columnID }: pg.FieldDef) {
  const { rows } = await client.query<{ type: string; isNullable: boolean | null }>(
    `SELECT (SELECT typname::text FROM pg_type WHERE oid = $1) AS type,
            (SELECT NOT attnotnull FROM pg_attribute WHERE attrelid = $2 AND attnum = $3) AS "isNullable"`,
    [dataTypeID, tableID, columnID],
  );
  return { name, ...rows[0]! };
}
