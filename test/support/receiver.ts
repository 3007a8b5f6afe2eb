import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export const RECEIVER_SECRET = `whsec_${Buffer.from('a receiver of one’s own, to test with').toString('base64')}`;

/** One message as it came in, with a signature that the library has verified. */
export interface Received {
  id: string;
  type: string;
  timestamp: string;
  data: Record<string, any>;
  headers: IncomingMessage['headers'];
  /** What it was answered. */
  status: number | 'nothing';
}

/** Somebody's server that takes our messages, or does not. */
export class Receiver {
  readonly tried: Received[] = [];
  /** What it answers; `nothing` leaves the connection open without a word. */
  answer: (message: Received) => number | 'nothing' | Promise<number> = () => 200;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on(
        'end',
        () =>
          void this.take(request, body).then(
            (status) => status !== 'nothing' && response.writeHead(status, { Location: '/elsewhere' }).end('thanks'),
          ),
      );
    });
  }

  /** What it has answered with 2xx, in order. */
  get taken(): Received[] {
    return this.tried.filter(({ status }) => status === 200);
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take({ headers }: IncomingMessage, body: string): Promise<number | 'nothing'> {
    const payload = new Webhook(RECEIVER_SECRET).verify(body, headers as Record<string, string>) as Pick<
      Received,
      'type' | 'timestamp' | 'data'
    >;
    const message: Received = { ...payload, id: headers['webhook-id'] as string, headers, status: 0 };
    this.tried.push(message);
    return (message.status = await this.answer(message));
  }
}
