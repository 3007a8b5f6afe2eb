import type { Line } from './table.ts';
import type { World } from './world.ts';

/** One thing that is measured: starts the program as it needs it, stops it again, and says what it found. */
export type Section = (world: World, quick: boolean) => Promise<Line[]>;
