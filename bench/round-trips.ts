import { countingProxy } from './counting-proxy.ts';
import { asFastAsPossible } from './load.ts';
import { confirmRequest, createPayments } from './orders.ts';
import type { Section } from './section.ts';
import { median } from './table.ts';

const GOAL = 3;
const CONFIRMS = 200;
const WARM_UP = 50;

/** Round trips to PostgreSQL per confirm: the median of many in sequence, because jobs poll during some of them. */
export const roundTrips: Section = async (world) => {
  const proxy = await countingProxy(world.databaseUrl);
  const program = await world.start({ databaseUrl: proxy.url });
  const requests = (await createPayments(world, WARM_UP + CONFIRMS)).map((order) => confirmRequest(world, order));
  await asFastAsPossible(program.url, requests.splice(0, WARM_UP), 1);
  const trips: number[] = [];
  const statements: number[] = [];
  for (const request of requests) {
    const before = { ...proxy.counted };
    await asFastAsPossible(program.url, [request], 1);
    trips.push(proxy.counted.roundTrips - before.roundTrips);
    statements.push(proxy.counted.statements - before.statements);
  }
  await program.stop();
  await proxy.close();
  return [
    {
      what: 'round trips to PostgreSQL per confirm',
      here: String(median(trips)),
      goal: `<= ${GOAL}`,
      met: median(trips) <= GOAL,
      from: `${median(statements)} statements; counted on the wire, median of ${CONFIRMS} confirms`,
    },
  ];
};
