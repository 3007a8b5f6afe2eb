import type { Line } from './table.ts';
import type { World } from './world.ts';

/** One measurement. It starts the program, stops it again and returns its results. */
export type Section = (world: World, quick: boolean) => Promise<Line[]>;
