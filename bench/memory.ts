import { asFastAsPossible } from './load.ts';
import { confirmRequest, createPayments } from './orders.ts';
import type { Section } from './section.ts';
import { thousands } from './table.ts';

const GOAL = 1.15;

/** Whether memory grows with the number of confirms. The first step is the warm-up, while V8's heap and caches fill. */
export const memory: Section = async (world, quick) => {
  const [step, steps] = quick ? [8_000, 3] : [10_000, 11];
  const program = await world.start();
  const samples: number[] = [];
  for (let n = 0; n < steps; n++) {
    const payments = await createPayments(world, step);
    await asFastAsPossible(
      program.url,
      payments.map((order) => confirmRequest(world, order)),
    );
    samples.push(program.memory() / 2 ** 20);
  }
  await program.stop();
  const [warmedUp, first, last] = [samples[0]!, samples[1]!, samples.at(-1)!];
  return [
    {
      what: `memory after ${thousands(step * (steps - 1))} confirms, relative to ${thousands(step)}, after a warm-up`,
      here: (last / first).toFixed(2),
      goal: `<= ${GOAL}`,
      met: last / first <= GOAL,
      from: `MB: ${warmedUp.toFixed(0)} after the warm-up; ${samples
        .slice(1)
        .map((sample) => sample.toFixed(0))
        .join(' ')}`,
    },
  ];
};
