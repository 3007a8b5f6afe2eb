import { claimsAndSettles } from './bound.ts';
import { asFastAsPossible } from './load.ts';
import { askUs, layOrders, layPayments } from './orders.ts';
import type { Section } from './section.ts';
import { median, thousands } from './table.ts';

const ROUNDS = 3;
const GOAL = 0.3;

/** Confirms from end to end, over what PostgreSQL alone does of the same writes. In turns: a machine has its moods. */
export const confirms: Section = async (world, quick) => {
  const [each, warmUp] = quick ? [4_000, 3_000] : [12_000, 8_000];
  const program = await world.start();
  const round = async (count: number) => {
    const requests = (await layPayments(world, count)).map((order) => askUs(world, order));
    return asFastAsPossible(program.url, requests);
  };
  const boundRound = async (count: number) => claimsAndSettles(world.databaseUrl, await layOrders(world, count));

  await round(warmUp);
  await boundRound(warmUp);
  const ours: number[] = [];
  const cpuBefore = program.cpu();
  const bounds: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    bounds.push(await boundRound(each));
    ours.push(await round(each));
  }
  const cpuEach = (program.cpu() - cpuBefore) / (ROUNDS * each);
  await program.stop();

  world.confirmsPerSecond = median(ours);
  const ratio = median(ours) / median(bounds);
  return [
    {
      what: 'confirms end to end, of what PostgreSQL alone does',
      here: ratio.toFixed(2),
      goal: `>= ${GOAL.toFixed(2)}`,
      met: ratio >= GOAL,
      from: `${thousands(median(ours))}/s (${ours.map(thousands).join(', ')}) of ${thousands(median(bounds))}/s (${bounds.map(thousands).join(', ')}); the program's CPU each: ${cpuEach.toFixed(0)} us`,
    },
  ];
};
