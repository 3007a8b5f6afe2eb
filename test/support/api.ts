export interface Answer<T = any> {
  status: number;
  body: T;
  headers: Headers;
}

export interface TempOrder {
  orderId: string;
  amount: number;
  planId: number;
  [name: string]: unknown;
}

/** @throws where an answer has none of these statuses */
export function allow(statuses: number[], { status, body }: Answer): void {
  if (!statuses.includes(status)) throw new Error(`answered ${status} ${JSON.stringify(body)}`);
}

/** The program over HTTP, as one caller. */
export class Api {
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  /** Another caller of the same program. */
  async as(userId: string | number, role?: 'customer' | 'operator' | 'admin'): Promise<Api> {
    const { body } = await this.post('/v1/sandbox/tokens', { userId, ...(role && { role }) });
    return new Api(this.url, body.token);
  }

  with(token: string): Api {
    return new Api(this.url, token);
  }

  get<T = any>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('GET', path, undefined, headers);
  }

  post<T = any>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('POST', path, body, headers);
  }

  patch<T = any>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send('PATCH', path, body, {});
  }

  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path, undefined, {});
  }

  async order(planId: number, amount?: number): Promise<TempOrder> {
    const { status, body } = await this.post<TempOrder>('/v1/temp-orders', {
      planId,
      ...(amount !== undefined && { amount }),
    });
    if (status !== 201) throw new Error(`no order: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Puts a card on file, through the window of the simulator. @returns its id */
  async putCardOnFile(
    simulator: { registerCard(customerKey: string, issuerCode?: string): Promise<string> },
    issuerCode?: string,
  ): Promise<string> {
    const { customerKey } = (await this.get('/v1/billing-keys/registration')).body;
    const { status, body } = await this.post('/v1/billing-keys', {
      authKey: await simulator.registerCard(customerKey, issuerCode),
      customerKey,
    });
    if (status !== 201) throw new Error(`no card on file: ${status} ${JSON.stringify(body)}`);
    return body.id;
  }

  confirm(order: { orderId: string; amount: number }, paymentKey: string, more: object = {}): Promise<Answer> {
    return this.post('/v1/payments/confirm', { orderId: order.orderId, amount: order.amount, paymentKey, ...more });
  }

  private async send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
  }
}
