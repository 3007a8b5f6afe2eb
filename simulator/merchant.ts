import { startSimulator, type RunningSimulator } from './server.ts';
import type { SimulatorOptions } from './settings.ts';

const SECRET_KEY = 'test_gsk_simulator_0000000000000000';

export interface Reply {
  status: number;
  text: string;
  // A test checks the fields that it expects. Types for every body would duplicate the simulator.
  // oxlint-disable-next-line no-explicit-any
  json: any;
  headers: Headers;
}

export interface Opened {
  paymentKey: string;
  orderId: string;
  amount: number;
}

/** A minimal merchant server for the simulator's own tests. */
export class Merchant {
  readonly simulator: RunningSimulator;
  static #orders = 0;

  constructor(simulator: RunningSimulator) {
    this.simulator = simulator;
  }

  static async of(options: Partial<SimulatorOptions> = {}): Promise<Merchant> {
    return new Merchant(await startSimulator({ data: ':memory:', ...options }));
  }

  static orderId(): string {
    Merchant.#orders += 1;
    return `order-${process.pid}-${Merchant.#orders}`;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(this.simulator.url + path, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${SECRET_KEY}:`).toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, text, json, headers: response.headers };
  }

  /** A payment whose buyer has authenticated. */
  async buyer(more: Record<string, unknown> = {}): Promise<Opened> {
    const { json, status, text } = await this.call('POST', '/_payments', {
      orderId: Merchant.orderId(),
      amount: 10_000,
      ...more,
    });
    if (status !== 200) throw new Error(text);
    return json as Opened;
  }

  confirm({ paymentKey, orderId, amount }: Opened, key?: string): Promise<Reply> {
    return this.call(
      'POST',
      '/v1/payments/confirm',
      { paymentKey, orderId, amount },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  }

  cancel(paymentKey: string, body: object, key?: string): Promise<Reply> {
    return this.call(
      'POST',
      `/v1/payments/${paymentKey}/cancel`,
      { cancelReason: '변심', ...body },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  }

  /** A confirmed payment. */
  async paid(more: Record<string, unknown> = {}): Promise<Opened> {
    const opened = await this.buyer(more);
    const { status, text } = await this.confirm(opened);
    if (status !== 200) throw new Error(text);
    return opened;
  }

  fault(plan: object): Promise<Reply> {
    return this.call('POST', '/_faults', plan);
  }

  async advanceClock(ms: number): Promise<void> {
    const { json } = await this.call('GET', '/_clock');
    await this.call('POST', '/_clock', { offsetMs: (json.offsetMs as number) + ms });
  }

  async ledger(orderId?: string): Promise<Reply['json']> {
    return (await this.call('GET', `/_books${orderId === undefined ? '' : `?orderId=${orderId}`}`)).json;
  }
}
