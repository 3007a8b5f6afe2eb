import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Sender } from './sender.ts';

let server: Server;
let hits = 0;

beforeAll(async () => {
  server = createServer((_, response) => {
    hits++;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
});
afterAll(() => void server.close());

async function send(host: string, sandbox: boolean) {
  const { port } = server.address() as AddressInfo;
  const sender = new Sender({
    sandbox,
    outboundWebhook: { url: `http://${host}:${port}/`, secret: `whsec_${btoa('x'.repeat(32))}` },
  });
  const answer = await sender.send('msg_1', '{}');
  await sender.onApplicationShutdown();
  return answer;
}

it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost'])(
  'outside the sandbox %s is not connected to',
  async (host) => {
    expect(await send(host, false)).toEqual({ kind: 'trouble', status: null, error: 'REFUSED_ADDRESS' });
    expect(hits).toBe(0);
  },
);

it('in the sandbox it is', async () => {
  expect(await send('127.0.0.1', true)).toEqual({ kind: 'taken', status: 200, error: null });
  expect(hits).toBe(1);
});
