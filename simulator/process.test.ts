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

const gone = (): Promise<[number | null, string | null]> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])));

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

test('what was answered survives kill -9: payments, keys, faults, clock', async () => {
  let merchant = await start();
  const paid = await merchant.paid();
  const keyed = await merchant.buyer();
  const { text } = await merchant.confirm(keyed, 'before-the-kill');
  const open = await merchant.buyer();
  await merchant.fault({ on: 'confirm', kind: 'error_before', orderId: open.orderId });
  await merchant.pass(60_000);
  const books = await merchant.books();
  const killed = gone();
  child.kill('SIGKILL');
  await killed;

  merchant = await start();
  expect(await merchant.books()).toMatchObject({ ...books, now: expect.any(String) });
  expect((await merchant.confirm(paid)).json.code).toBe('ALREADY_PROCESSED_PAYMENT');
  expect((await merchant.confirm(keyed, 'before-the-kill')).text).toBe(text);
  expect((await merchant.call('GET', '/_clock')).json.offsetMs).toBe(60_000);
  expect((await merchant.confirm(open)).status).toBe(500);
  expect((await merchant.confirm(open)).status).toBe(200);
});

test("with a parent, SIGINT is the parent's affair and its death is the end", async () => {
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(child.exitCode).toBeNull();
  const ended = gone();
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test('SIGTERM is a clean end', async () => {
  await start();
  const ended = gone();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
