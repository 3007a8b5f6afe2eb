import type { SecretBox } from './secret-box.ts';

/** A column of encrypted texts that is to be re-encrypted. */
export interface SealedColumn {
  name: string;
  /** Up to `limit` rows whose text does not begin with `prefix`. */
  others(prefix: string, limit: number): Promise<{ id: string; sealed: string }[]>;
  /** Writes the new text if the row still holds the old one. @returns whether it did */
  replace(id: string, before: string, after: string): Promise<boolean>;
  place(id: string): string;
}

const BATCH = 500;

/**
 * Re-encrypts a column with the current key while the program runs: a row is replaced only if it still holds the text
 * that was read. A second run finds nothing.
 *
 * @returns how many rows
 */
export async function reseal(box: SecretBox, column: SealedColumn): Promise<number> {
  let resealed = 0;
  for (;;) {
    const rows = await column.others(box.prefix, BATCH);
    if (rows.length === 0) return resealed;
    for (const { id, sealed } of rows) {
      const place = column.place(id);
      if (await column.replace(id, sealed, box.seal(box.open(sealed, place), place))) resealed++;
    }
  }
}
