import { boundPerSecond } from './bound.ts';
import { asFastAsPossible } from './load.ts';
import { confirmRequest, createOrders, createPayments } from './orders.ts';
import type { Section } from './section.ts';
import { median, thousands } from './table.ts';

const ROUNDS = 3;
const GOAL = 0.3;

/** Confirms end to end, relative to PostgreSQL writing the same rows. The two alternate, because machines are noisy. */
export const confirms: Section = async (world, quick) => {
  const [each, warmUp] = quick ? [4_000, 3_000] : [12_000, 8_000];
  const program = await world.start();
  const round = async (count: number) => {
    const requests = (await createPayments(world, count)).map((order) => confirmRequest(world, order));
    return asFastAsPossible(program.url, requests);
  };
  const boundRound = async (count: number) => boundPerSecond(world.databaseUrl, await createOrders(world, count));

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
      what: 'confirms end to end, relative to PostgreSQL alone',
      here: ratio.toFixed(2),
      goal: `>= ${GOAL.toFixed(2)}`,
      met: ratio >= GOAL,
      from: `${rates(ours)} of ${rates(bounds)}; CPU of the program per confirm: ${cpuEach.toFixed(0)} us`,
    },
  ];
};

const rates = (perSecond: number[]) => `${thousands(median(perSecond))}/s (${perSecond.map(thousands).join(', ')})`;
