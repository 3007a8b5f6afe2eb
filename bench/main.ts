import { parseArgs } from 'node:util';
import { confirms } from './confirms.ts';
import { latency } from './latency.ts';
import { machine } from './machine.ts';
import { memory } from './memory.ts';
import { midnight } from './midnight.ts';
import { renewals } from './renewals.ts';
import { roundTrips } from './round-trips.ts';
import type { Section } from './section.ts';
import { type Line, printTable } from './table.ts';
import { createWorld, type Stop } from './world.ts';

/** In this order: the latency at half load needs the full load that `confirms` measures. */
const SECTIONS: Record<string, Section> = { confirms, 'round-trips': roundTrips, latency, memory, midnight, renewals };

const USAGE = `npm run bench -- [section ...] [--quick] [--profile FOLDER]
  sections: ${Object.keys(SECTIONS).join(', ')}; all by default
  --quick: about a minute, on fewer confirms
  --profile: writes CPU profiles of the program to FOLDER, for the performance tab of a browser`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { quick: { type: 'boolean' }, profile: { type: 'string' }, help: { type: 'boolean' } },
});
if (values['help'] || positionals.some((name) => !SECTIONS[name])) {
  console.log(USAGE);
  process.exit(values['help'] ? 0 : 1);
}

const stops: Stop[] = [];
let stopping: Promise<void> | undefined;
/** Stops everything that was started, in reverse order, once. */
const stop = () => (stopping ??= stopAll());
async function stopAll(): Promise<void> {
  for (const step of stops.toReversed())
    await step().catch((error: unknown) => console.error('while stopping:', error));
}
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const)
  process.on(signal, () => void stop().then(() => process.exit(130)));
// An unexpected error must not leave a server running.
process.on('uncaughtException', (error) => {
  console.error(error);
  void stop().then(() => process.exit(1));
});

try {
  const world = await createWorld(stops, values['profile'] as string | undefined);
  console.log(`${await machine(world)}\n`);
  const lines: Line[] = [];
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.log(`${name} ...`);
    lines.push(...(await section(world, values['quick'] === true)));
  }
  console.log();
  printTable(lines);
  await stop();
  process.exit(0);
} catch (error) {
  // Errors during a stop are expected. The code that stops the benchmark also ends the process.
  if (!stopping) {
    console.error('the benchmark could not be run:', error);
    await stop();
    process.exit(1);
  }
}
