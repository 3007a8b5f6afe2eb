import type { SecretBox } from './secret-box.ts';

/** A column of sealed texts, as it is seen by whoever seals them anew. */
export interface SealedColumn {
  name: string;
  /** Up to `atMost` rows whose text does not begin with `prefix`. */
  others(prefix: string, atMost: number): Promise<{ id: string; sealed: string }[]>;
  /** Writes the new text where the old one still stands. @returns whether it did */
  replace(id: string, before: string, after: string): Promise<boolean>;
  place(id: string): string;
}

const BATCH = 500;

/**
 * Seals everything in a column under the present key, while the program runs: each row is replaced only if it still holds what was
 * read. Run twice, it finds nothing.
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
