import type { World } from '../world.ts';
import { Normalizer } from './normalize.ts';

const HEADERS = ['content-type', 'retry-after', 'www-authenticate', 'location'];

/** Fields whose value is drawn anew in every run, by name. */
const HIDDEN = {
  nextCursor: '<cursor>',
  cursor: '<cursor>',
  requestId: '<request id>',
};

export interface Step {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

interface Request {
  as?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Sends requests and writes down what was answered, in words that are the same in every run. */
export class Recorder {
  readonly steps: Record<string, Step> = {};
  readonly routes = new Set<string>();
  private readonly tokens = new Map<string, string>();
  private readonly normalizer: Normalizer;

  constructor(readonly world: World) {
    this.normalizer = new Normalizer({ [world.api.url]: '<origin>', [world.simulator.url]: '<toss>' }, HIDDEN);
  }

  /** Makes a user known by name. */
  async user(userId: string, role?: 'operator' | 'admin'): Promise<void> {
    const { body } = await this.world.api.post('/v1/sandbox/tokens', { userId, ...(role && { role }) });
    this.tokens.set(userId, body.token);
  }

  readonly api = (userId: string) => this.world.api.with(this.tokens.get(userId)!);

  /**
   * One request whose answer is compared. The name says what it is about; the call is written beside it.
   *
   * @param call a method and a path, e.g. `GET /v1/plans`
   */
  // oxlint-disable-next-line no-explicit-any
  readonly step = async (name: string, call: string, request: Request = {}): Promise<any> => {
    const answer = await this.send(call, request);
    const path = this.normalizer.text(call).replaceAll(/<(\w[\w ]*) \d+>/g, '<$1>');
    const title = `${name} | ${request.as ?? 'anyone'} | ${path}`;
    if (title in this.steps) throw new Error(`two steps are called: ${title}`);
    this.routes.add(call.split('?', 1)[0]!);
    this.steps[title] = {
      status: answer.status,
      headers: Object.fromEntries(
        HEADERS.flatMap((header) => {
          const value = answer.headers.get(header);
          return value === null ? [] : [[header, this.normalizer.text(value)]];
        }),
      ),
      body: this.normalizer.normalize(answer.body),
    };
    return answer.body;
  };

  /** Only the status and the error code of an answer. */
  async refusal(call: string, request: Request = {}): Promise<string> {
    const { status, body } = await this.send(call, request);
    return `${status} ${body.code ?? ''}`.trim();
  }

  private async send(call: string, { as, body, headers = {} }: Request) {
    const [method, path] = call.split(' ', 2) as [string, string];
    const answer = await fetch(this.world.api.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(as && { Authorization: `Bearer ${this.tokens.get(as) ?? as}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') && text !== '';
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  }
}
