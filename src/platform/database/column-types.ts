/**
 * What a column or a parameter of a statement is: which types of PostgreSQL it stands for, and what the program gets.
 */
export interface Type<T> {
  /** Names as in pg_type. */
  readonly names: readonly string[];
  readonly isNullable: boolean;
  /** From what the driver gives. */
  decode(value: unknown): T;
  /** From what `to_jsonb` gives. */
  fromJson(value: unknown): T;
  encode(value: T): unknown;
  /** Of a list of rows: their columns. */
  readonly columns?: Types;
}

export type Types = Record<string, Type<unknown>>;
/** What a statement takes or gives, by name. */
export type Values<T extends Types> = { [Name in keyof T]: ReturnType<T[Name]['decode']> };

const same = <T>(value: unknown): T => value as T;

function type<T>(names: readonly string[], parts: Partial<Type<T>> = {}): Type<T> {
  return { names, isNullable: false, decode: same<T>, fromJson: parts.decode ?? same<T>, encode: same, ...parts };
}

const instant = type<Date>(['timestamptz'], { fromJson: (value) => new Date(value as string) });

/** The types that statements are written with. */
export const t = {
  text: type<string>(['text', 'varchar', 'bpchar']),
  uuid: type<string>(['uuid']),
  bool: type<boolean>(['bool']),
  int: type<number>(['int4', 'int2']),
  /** A whole number beyond four bytes: a count, a sum, an id. It must be safe in JavaScript. */
  long: type<number>(['int8'], { decode: Number }),
  double: type<number>(['float8']),
  instant,
  json: <T>() => type<T>(['jsonb'], { encode: (value) => JSON.stringify(value) }),
  /** An enumeration of the schema; in a CHECKed text column too. */
  oneOf: <T extends string>(name: string) => type<T>([name, 'varchar', 'text']),
  nullable: <T>(of: Type<T>): Type<T | null> => ({
    ...of,
    isNullable: true,
    decode: (value) => (value === null ? null : of.decode(value)),
    fromJson: (value) => (value === null || value === undefined ? null : of.fromJson(value)),
    encode: (value) => (value === null ? null : of.encode(value)),
  }),
  list: <T>(of: Type<T>): Type<readonly T[]> => ({
    ...type<readonly T[]>(of.names.map((name) => `_${name}`)),
    encode: (values) => values.map((value) => of.encode(value)),
  }),
  /** Rows as one parameter: `FROM jsonb_to_recordset(:name::jsonb) AS x (column type, ...)`, in this order. */
  rows: <T extends Types>(columns: T): Type<readonly Values<T>[]> => ({
    ...type<readonly Values<T>[]>(['jsonb']),
    columns,
    encode: (rows) => JSON.stringify(rows.map((row) => asColumns(columns, row))),
  }),
  /** A whole row of a table as `to_jsonb` gives it, its instants as Date. */
  row: <T extends Types>(columns: T): Type<Values<T>> => ({
    ...type<Values<T>>(['jsonb']),
    columns,
    decode: (value) => fromColumns(columns, value as Record<string, unknown>, 'fromJson'),
  }),
};

/** A row under the names of the program. */
export function fromColumns<T extends Types>(
  columns: T,
  row: Record<string, unknown>,
  how: 'decode' | 'fromJson',
): Values<T> {
  const values: Record<string, unknown> = {};
  for (const { name, column, type: of } of named(columns)) values[name] = of[how](row[column]);
  return values as Values<T>;
}

function asColumns<T extends Types>(columns: T, row: Values<T>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, column } of named(columns)) values[column] = row[name];
  return values;
}

interface Named {
  name: string;
  column: string;
  type: Type<unknown>;
}

/** Worked out once: every row that is read or written needs them. */
const NAMED = new WeakMap<Types, Named[]>();

function named(columns: Types): readonly Named[] {
  const known = NAMED.get(columns);
  if (known) return known;
  const all = Object.entries(columns).map(([name, of]) => ({ name, column: columnOf(name), type: of }));
  NAMED.set(columns, all);
  return all;
}

/** `orderId` is kept in `order_id`. */
export function columnOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The columns of a row for a statement's text: `order_id, user_id`, or each of one table. */
export function columnList(columns: Types, table?: string): string {
  const prefix = table === undefined ? '' : `${table}.`;
  return Object.keys(columns)
    .map((name) => prefix + columnOf(name))
    .join(', ');
}

/** The same with their types, as `jsonb_to_recordset(:rows::jsonb) AS given (...)` takes them. */
export function columnRecord(columns: Types): string {
  return Object.entries(columns)
    .map(([name, { names }]) => `${columnOf(name)} "${names[0]}"`)
    .join(', ');
}
