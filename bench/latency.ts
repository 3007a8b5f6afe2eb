import { request } from 'undici';
import { asFastAsPossible, atRate } from './load.ts';
import { confirmRequest, createPayments, tossConfirmRequest } from './orders.ts';
import type { Section } from './section.ts';
import { type Line, quantile, thousands } from './table.ts';
import type { World } from './world.ts';

const TOSS_DELAY_MS = 100;
const OFFERED_PER_SECOND = 300;
const GOALS = [
  { share: 0.5, name: 'p50', ms: 4 },
  { share: 0.99, name: 'p99', ms: 20 },
];

/**
 * The latency that the program adds to Toss's. The same load goes to the simulator directly first. Each quantile of
 * that is subtracted from the same quantile of the program: this also removes the delays of the simulator and the load.
 */
export const latency: Section = async (world, quick) => {
  const [warmUp, seconds] = quick ? [3_000, 6] : [8_000, 20];
  const program = await world.start();
  const payments = await createPayments(world, warmUp);
  const warm = await asFastAsPossible(
    program.url,
    payments.map((order) => confirmRequest(world, order)),
  );
  const measure = async (rate: number) => {
    const toss = await atRate(
      world.simulatorUrl,
      (await createPayments(world, Math.ceil(rate * seconds))).map(tossConfirmRequest),
      rate,
    );
    const ours = await atRate(
      program.url,
      (await createPayments(world, Math.ceil(rate * seconds))).map((order) => confirmRequest(world, order)),
      rate,
    );
    return { toss, ours };
  };

  await slowToss(world, TOSS_DELAY_MS);
  const slow = await measure(OFFERED_PER_SECOND);
  await slowToss(world, 0);
  const half = (world.confirmsPerSecond ?? warm) / 2;
  const atHalf = await measure(half);
  await program.stop();
  return [
    ...lines(`added to a Toss of ${TOSS_DELAY_MS} ms, ${OFFERED_PER_SECOND} confirms/s`, slow),
    ...lines(`added at half load, ${thousands(half)} confirms/s`, atHalf),
  ];
};

function lines(what: string, { toss, ours }: { toss: number[]; ours: number[] }): Line[] {
  return GOALS.map(({ share, name, ms }) => {
    const [with_, without] = [quantile(ours, share), quantile(toss, share)];
    const added = with_ - without;
    return {
      what: `${name} ${what}`,
      here: `${added.toFixed(1)} ms`,
      goal: `<= ${ms} ms`,
      met: added <= ms,
      from: `${with_.toFixed(1)} ms, without us ${without.toFixed(1)} ms; ${thousands(ours.length)} confirms`,
    };
  });
}

async function slowToss({ simulatorUrl }: World, delayMs: number): Promise<void> {
  await (await request(`${simulatorUrl}/_faults`, { method: 'DELETE' })).body.dump();
  if (delayMs === 0) return;
  const body = JSON.stringify({ on: 'confirm', kind: 'slow', times: 0, delayMs });
  const { statusCode } = await request(`${simulatorUrl}/_faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (statusCode !== 200) throw new Error(`the simulator did not slow down: ${statusCode}`);
}
