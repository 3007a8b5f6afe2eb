export interface Book {
  paymentKey: string;
  orderId: string;
  status: string;
  totalAmount: number;
  balanceAmount: number;
  approvedAt: string | null;
  cancels: { transactionKey: string; cancelAmount: number }[];
}

export interface Books {
  moneyIn: number;
  moneyOut: number;
  held: number;
  payments: Book[];
}

/** The simulator's control plane: what a buyer, the network and Toss itself would do. */
export class Simulator {
  constructor(readonly url: string) {}

  /** The buyer goes through the payment window. */
  async authenticate(
    order: { orderId: string; amount: number },
    paid: { method?: string; paymentKey?: string } = {},
  ): Promise<string> {
    const { paymentKey } = await this.post<{ paymentKey: string }>('/_payments', {
      orderId: order.orderId,
      amount: order.amount,
      ...paid,
    });
    return paymentKey;
  }

  fault(fault: {
    on: string;
    kind: string;
    orderId?: string;
    paymentKey?: string;
    times?: number;
    code?: string;
    delayMs?: number;
  }): Promise<unknown> {
    return this.post('/_faults', fault);
  }

  /** The buyer registers a card in the window. */
  async registerCard(customerKey: string, issuerCode?: string): Promise<string> {
    const { authKey } = await this.post<{ authKey: string }>('/_billing_auths', {
      customerKey,
      ...(issuerCode && { issuerCode }),
    });
    return authKey;
  }

  /** The buyer pays into the virtual account of an order. */
  deposit(orderId: string): Promise<unknown> {
    return this.post('/_deposits', { orderId });
  }

  /** The bank takes a deposit back. */
  revertDeposit(orderId: string): Promise<unknown> {
    return this.post('/_deposits/revert', { orderId });
  }

  /** Somebody cancels in Toss's dashboard, past our program. */
  dashboardCancel(paymentKey: string, cancelAmount?: number): Promise<unknown> {
    return this.post('/_dashboard/cancel', { paymentKey, cancelAmount });
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.url}/_faults`, { method: 'DELETE' });
  }

  async books(orderId?: string): Promise<Books> {
    return (await fetch(`${this.url}/_books${orderId ? `?orderId=${orderId}` : ''}`)).json() as Promise<Books>;
  }

  async requests(
    orderId: string,
  ): Promise<{ method: string; path: string; idempotencyKey: string | null; status: number | null }[]> {
    const log = (await (await fetch(`${this.url}/_requests?orderId=${orderId}`)).json()) as
      | { requests?: never[] }
      | never[];
    return Array.isArray(log) ? log : (log.requests ?? []);
  }

  /** What Toss was asked for, by the beginning of the path. */
  async asked(
    path: string,
  ): Promise<
    { method: string; path: string; idempotencyKey: string | null; status: number | null; orderId?: string }[]
  > {
    const log = (await (await fetch(`${this.url}/_requests`)).json()) as { requests?: never[] } | never[];
    return (Array.isArray(log) ? log : (log.requests ?? [])).filter((request: { path: string }) =>
      request.path.startsWith(path),
    );
  }

  async charges(orderId: string) {
    return (await this.requests(orderId)).filter(
      ({ path, method }) => path.startsWith('/v1/billing/') && method === 'POST',
    );
  }

  async confirms(orderId: string) {
    return (await this.requests(orderId)).filter(({ path }) => path === '/v1/payments/confirm');
  }

  async post<T>(path: string, body: object): Promise<T> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`simulator: ${path} ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
