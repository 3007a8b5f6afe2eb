import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { NotSentError, RequestLimit } from './request-limit.ts';

const UNLIMITED = 100_000;

it('sends no more at once than the limit, and urgent requests first', async () => {
  const limit = new RequestLimit({ maxConcurrent: 2, maxPerSecond: UNLIMITED });
  const sent: string[] = [];
  let underWay = 0;
  let most = 0;
  const request = (name: string) => async () => {
    sent.push(name);
    most = Math.max(most, ++underWay);
    await sleep(20);
    underWay--;
  };
  await Promise.all([
    ...['poll 1', 'poll 2', 'poll 3', 'poll 4'].map((name) => limit.run(false, request(name))),
    limit.run(true, request('confirm')),
  ]);
  expect(most).toBe(2);
  expect(sent).toEqual(['poll 1', 'poll 2', 'confirm', 'poll 3', 'poll 4']);
});

it('sends no more per second than the limit', async () => {
  const limit = new RequestLimit({ maxConcurrent: UNLIMITED, maxPerSecond: 5 });
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 10 }, () => limit.run(false, () => Promise.resolve())));
  expect(performance.now() - startedAt).toBeGreaterThan(900);
});

it('gives up a request whose turn does not come, and never sends it', async () => {
  const limit = new RequestLimit({ maxConcurrent: 1, maxPerSecond: UNLIMITED });
  const slow = limit.run(false, () => sleep(3_000));
  let sent = false;
  await expect(limit.run(false, async () => void (sent = true))).rejects.toThrow(NotSentError);
  await slow;
  expect(sent).toBe(false);
});

it('answers what the request answers, and fails as it fails', async () => {
  const limit = new RequestLimit({ maxConcurrent: 1, maxPerSecond: UNLIMITED });
  expect(await limit.run(true, () => Promise.resolve('approved'))).toBe('approved');
  await expect(limit.run(true, () => Promise.reject(new Error('cut')))).rejects.toThrow('cut');
});
