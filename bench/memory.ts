import { asFastAsPossible } from './load.ts';
import { askUs, layPayments } from './orders.ts';
import type { Section } from './section.ts';
import { thousands } from './table.ts';

const GOAL = 1.15;

/** Whether the program grows with what it has done. The first step is the warm-up: V8 takes what it may before it tidies up, and caches fill. */
export const memory: Section = async (world, quick) => {
  const [step, steps] = quick ? [8_000, 3] : [10_000, 11];
  const program = await world.start();
  const samples: number[] = [];
  for (let n = 0; n < steps; n++) {
    const payments = await layPayments(world, step);
    await asFastAsPossible(
      program.url,
      payments.map((order) => askUs(world, order)),
    );
    samples.push(program.memory() / 2 ** 20);
  }
  await program.stop();
  const [warmedUp, first, last] = [samples[0]!, samples[1]!, samples.at(-1)!];
  return [
    {
      what: `memory after ${thousands(step * (steps - 1))} confirms, of that after ${thousands(step)}; both warmed up`,
      here: (last / first).toFixed(2),
      goal: `<= ${GOAL}`,
      met: last / first <= GOAL,
      from: `MB: ${warmedUp.toFixed(0)} warmed up; ${samples
        .slice(1)
        .map((sample) => sample.toFixed(0))
        .join(' ')}`,
    },
  ];
};
