import { type PrismaService, type Statement, statement, t } from '../database/index.ts';
import type { SecretBox } from './secret-box.ts';

const OTHERS = { params: { prefix: t.text, limit: t.long }, row: { id: t.text, sealed: t.nullable(t.text) } };
const REPLACE = { params: { id: t.uuid, before: t.text, after: t.text }, row: { id: t.text } };

/** A column of encrypted texts, declared by the module that owns its table. */
export interface SealedColumn {
  name: string;
  /** Rows whose text was not encrypted with the key of `prefix`. */
  others: Statement<typeof OTHERS.params, typeof OTHERS.row>;
  /** Writes the new text if the row still holds the old one. */
  replace: Statement<typeof REPLACE.params, typeof REPLACE.row>;
  /** What a text is bound to: it cannot be decrypted in another row. */
  place(id: string): string;
}

/** Declares a column for `npm run rotate-encryption-key`. */
export function sealedColumn(table: string, column: string, place: SealedColumn['place']): SealedColumn {
  const name = `${table}.${column}`;
  const others = statement(`reseal.${name}.others`, {
    ...OTHERS,
    sql: `
      SELECT id::text AS id, ${column} AS sealed FROM ${table}
      WHERE ${column} IS NOT NULL AND NOT starts_with(${column}, :prefix) ORDER BY id LIMIT :limit`,
  });
  const replace = statement(`reseal.${name}.replace`, {
    ...REPLACE,
    sql: `UPDATE ${table} SET ${column} = :after WHERE id = :id AND ${column} = :before RETURNING id::text AS id`,
  });
  return { name, others, replace, place };
}

const BATCH = 500;

/**
 * Re-encrypts a column with the current key while instances run: a row is replaced only if it still holds the text
 * that was read. A second run finds nothing.
 *
 * @returns how many rows
 */
export async function reseal(prisma: PrismaService, box: SecretBox, column: SealedColumn): Promise<number> {
  let resealed = 0;
  for (;;) {
    const rows = await prisma.run(column.others, { prefix: box.prefix, limit: BATCH });
    if (rows.length === 0) return resealed;
    for (const { id, sealed: before } of rows) {
      const place = column.place(id);
      const after = box.seal(box.open(before!, place), place);
      resealed += (await prisma.run(column.replace, { id, before: before!, after })).length;
    }
  }
}
