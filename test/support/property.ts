import fc from 'fast-check';
import { isLong } from './size.ts';

/** `HUNT=600000 npm test -- property`: ten minutes of new runs. The long run hunts for five. */
const HUNT_MS = Number(process.env['HUNT'] ?? (isLong ? 300_000 : 0));
/** A slow machine makes fewer runs than planned, though never fewer than the least. */
const ENOUGH_MS = 15_000;
/** For so long a run that failed is made smaller. */
const SHRINK_MS = 120_000;
/** One run, on the slowest machine. */
const RUN_MS = 30_000;

export interface Runs {
  planned: number;
  /** Fewer than that prove nothing: the test fails. */
  least: number;
}

/** What chance decides in this run: `SEED=...`, which is printed at its beginning, repeats it. */
export const SEED = Number(process.env['SEED']);

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How long a property may take: for Jest. */
export const propertyTimeout = ({ least }: Runs): number => (HUNT_MS || ENOUGH_MS) + SHRINK_MS + least * RUN_MS;

/**
 * Runs a property, and prints how often and from which seed.
 * `SEED=... RUN=...` (the path that a failure prints) repeats one run.
 *
 * @throws what a run threw, made smaller; and where fewer runs than the least were made
 */
export async function checkProperty<T>(
  name: string,
  values: fc.Arbitrary<T>,
  run: (value: T) => Promise<void>,
  { planned, least }: Runs,
): Promise<void> {
  const path = process.env['RUN'];
  let made = 0;
  let deadline = performance.now() + (HUNT_MS || ENOUGH_MS);
  let failed = false;
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      if (performance.now() > deadline && (failed || made >= least)) return;
      made++;
      try {
        await run(value);
      } catch (error) {
        if (!failed) {
          failed = true;
          deadline = performance.now() + SHRINK_MS;
          process.stdout.write(
            `${name}: run ${made} failed and is made smaller: ${(error as Error).message.slice(0, 2_000)}\n`,
          );
        }
        throw error;
      }
    }),
    { numRuns: path ? 1 : HUNT_MS ? 100_000 : planned, seed: SEED, ...(path && { path, endOnFailure: true }) },
  );
  process.stdout.write(`${name}: ${made} runs of SEED=${SEED}, at least ${least}\n`);
  if (made < least && !path) throw new Error(`only ${made} runs were made, of at least ${least}`);
}
