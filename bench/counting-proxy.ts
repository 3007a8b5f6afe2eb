import { connect, createServer, type Socket } from 'node:net';

export interface CountingProxy {
  url: string;
  /** So far, over all connections: Sync and Query end a round trip; Execute and Query run a statement. */
  counted: { roundTrips: number; statements: number };
  close(): Promise<void>;
}

/** A proxy between a program and PostgreSQL that counts what the program sends. */
export async function countingProxy(databaseUrl: string): Promise<CountingProxy> {
  const behind = new URL(databaseUrl);
  const counted = { roundTrips: 0, statements: 0 };
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (program) => {
    const postgres = connect({ host: behind.hostname, port: Number(behind.port), noDelay: true });
    const count = messages((type) => {
      if (type === 'S' || type === 'Q') counted.roundTrips++;
      if (type === 'E' || type === 'Q') counted.statements++;
    });
    program.on('data', count);
    program.pipe(postgres).pipe(program);
    for (const socket of [program, postgres]) {
      open.add(socket);
      // A connection that closes on one side is closed on the other.
      socket
        .on('error', () => undefined)
        .on('close', () => (open.delete(socket), program.destroy(), postgres.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: Object.assign(new URL(databaseUrl), { port: String(port) }).href,
    counted,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Calls `onMessage` with the type of every message, wherever the chunks are cut. A message is a type letter, a length
 * that excludes the letter, and a body. The first message of a connection has no letter (docs: PostgreSQL, 54.7).
 */
function messages(onMessage: (type: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let letter = 0;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= letter + 4) {
      const end = letter + rest.readInt32BE(letter);
      if (rest.length < end) return;
      if (letter === 1) onMessage(String.fromCharCode(rest[0]!));
      rest = rest.subarray(end);
      letter = 1;
    }
  };
}
