import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Dispatcher, Pool } from 'undici';

export interface Sent {
  path: string;
  headers: string[];
  body: string;
}

/** More than are ever under way at the rates of this benchmark: nobody waits for a connection. */
const CONNECTIONS_AT_MOST = 512;

/** Everything as fast as `connections` that wait for each answer get it through. @returns answers per second */
export async function asFastAsPossible(url: string, requests: Sent[], connections = 64): Promise<number> {
  const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }));
  const waiting = requests.values();
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (const request of waiting) await send(client, request);
      await client.close();
    }),
  );
  return (requests.length / (performance.now() - startedAt)) * 1000;
}

/**
 * One request every 1/`rate` seconds, whatever becomes of those before it. Each is timed from the moment it was due, so
 * that a stall counts for everybody who would have come meanwhile.
 *
 * @returns milliseconds per request
 */
export async function atRate(url: string, requests: Sent[], rate: number): Promise<number[]> {
  const pool = new Pool(url, { connections: CONNECTIONS_AT_MOST, pipelining: 1 });
  const startedAt = performance.now();
  const answers: Promise<number>[] = [];
  while (answers.length < requests.length) {
    const due = startedAt + (answers.length / rate) * 1000;
    if (performance.now() < due) await sleep(1);
    else answers.push(send(pool, requests[answers.length]!).then(() => performance.now() - due));
  }
  const took = await Promise.all(answers);
  await pool.close();
  return took;
}

/** The cheapest that undici has: the load must not take the machine from what is measured. */
function send(to: Dispatcher, { path, headers, body }: Sent): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    to.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => void (status = code),
        onResponseData: () => undefined,
        onResponseEnd: () => (status === 200 ? resolve() : reject(new Error(`${path} answered ${status}`))),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
