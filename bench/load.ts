import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Dispatcher, Pool } from 'undici';

export interface Sent {
  path: string;
  headers: string[];
  body: string;
}

/** More than are ever in use at the rates of this benchmark: no request waits for a connection. */
const MAX_CONNECTIONS = 512;

/** Sends the requests over `connections`, each of which waits for its response. @returns responses per second */
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
 * Sends one request every 1/`rate` seconds, independently of the earlier ones. Each is timed from the moment it is due,
 * so that a stall counts for every request that was due meanwhile.
 *
 * @returns milliseconds per request
 */
export async function atRate(url: string, requests: Sent[], rate: number): Promise<number[]> {
  const pool = new Pool(url, { connections: MAX_CONNECTIONS, pipelining: 1 });
  const startedAt = performance.now();
  const responses: Promise<number>[] = [];
  while (responses.length < requests.length) {
    const due = startedAt + (responses.length / rate) * 1000;
    if (performance.now() < due) await sleep(1);
    else responses.push(send(pool, requests[responses.length]!).then(() => performance.now() - due));
  }
  const took = await Promise.all(responses);
  await pool.close();
  return took;
}

/** Uses undici's cheapest call: the load generator must not take CPU from the program. */
function send(to: Dispatcher, { path, headers, body }: Sent): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    to.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => void (status = code),
        onResponseData: () => undefined,
        onResponseEnd: () => (status === 200 ? resolve() : reject(new Error(`${path} responded ${status}`))),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
