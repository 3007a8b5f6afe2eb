import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Merchant } from './merchant.ts';

const main = new URL('main.ts', import.meta.url).pathname;
let data: string;
let child: ChildProcess;

async function start(): Promise<Merchant> {
  child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, SIMULATOR_DATA: data },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { url: string }).url));
    child.once('exit', () => reject(new Error('the simulator did not start')));
  });
  return new Merchant({ url, close: async () => undefined });
}

const exited = (): Promise<[number | null, string | null]> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])));

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

test('payments, idempotency keys, faults and the clock survive kill -9', async () => {
  let merchant = await start();
  const paid = await merchant.paid();
  const keyed = await merchant.buyer();
  const { text } = await merchant.confirm(keyed, 'before-the-kill');
  const open = await merchant.buyer();
  await merchant.fault({ on: 'confirm', kind: 'error_before', orderId: open.orderId });
  await merchant.advanceClock(60_000);
  const before = await merchant.ledger();
  const killed = exited();
  child.kill('SIGKILL');
  await killed;

  merchant = await start();
  expect(await merchant.ledger()).toMatchObject({ ...before, now: expect.any(String) });
  expect((await merchant.confirm(paid)).json.code).toBe('ALREADY_PROCESSED_PAYMENT');
  expect((await merchant.confirm(keyed, 'before-the-kill')).text).toBe(text);
  expect((await merchant.call('GET', '/_clock')).json.offsetMs).toBe(60_000);
  expect((await merchant.confirm(open)).status).toBe(500);
  expect((await merchant.confirm(open)).status).toBe(200);
});

test('with a parent it ignores SIGINT, and ends when the parent does', async () => {
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(child.exitCode).toBeNull();
  const ended = exited();
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test('SIGTERM ends it with code 0', async () => {
  await start();
  const ended = exited();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
