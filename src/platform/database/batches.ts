/** Small enough that no other statement waits long for its locks. */
const BATCH = 1_000;

/** Repeats a statement that handles at most `limit` rows until one handles fewer. @returns how many in all */
export async function inBatches(statement: (limit: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const count = await statement(BATCH);
    total += count;
    if (count < BATCH) return total;
  }
}
