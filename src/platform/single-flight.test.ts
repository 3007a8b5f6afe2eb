import { expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.ts';

it('runs one at a time, and all who wait share one run that begins after they came', async () => {
  const flights = new SingleFlight<number>();
  const ends: (() => void)[] = [];
  let begun = 0;
  const work = () => {
    const number = ++begun;
    return new Promise<number>((resolve) => ends.push(() => resolve(number)));
  };
  const first = flights.run('job', work);
  const waiting = [flights.run('job', work), flights.run('job', work), flights.run('job', work)];
  const other = flights.run('another', work);
  expect(begun).toBe(2);
  ends[0]!();
  expect(await first).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(3);
  ends[2]!();
  expect(await Promise.all(waiting)).toEqual([3, 3, 3]);
  ends[1]!();
  expect(await other).toBe(2);
  const last = flights.run('job', work);
  ends[3]!();
  expect(await last).toBe(4);
});

it('goes on after a run that failed', async () => {
  const flights = new SingleFlight<number>();
  const failed = flights.run('job', () => Promise.reject(new Error('no')));
  const next = flights.run('job', () => Promise.resolve(2));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe(2);
  expect(await flights.run('job', () => Promise.resolve(3))).toBe(3);
});
