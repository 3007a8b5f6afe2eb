import type { Subject } from './faults.ts';

export interface LoggedRequest extends Subject {
  at: number;
  method: string;
  path: string;
  idempotencyKey: string | null;
  body: unknown;
  /** null: the connection was dropped without a response */
  status: number | null;
  fault: string | null;
}

const CAPACITY = 20_000;

/** The last requests to the Toss API, in memory. The number is limited, because a benchmark sends a million. */
export class RequestLog {
  #ring: LoggedRequest[] = [];
  #next = 0;

  add(entry: LoggedRequest): void {
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % CAPACITY;
  }

  clear(): void {
    this.#ring = [];
    this.#next = 0;
  }

  /** Oldest first. */
  find(query: {
    orderId?: string | undefined;
    paymentKey?: string | undefined;
    path?: string | undefined;
  }): LoggedRequest[] {
    const ordered =
      this.#ring.length < CAPACITY ? this.#ring : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return ordered.filter(
      (entry) =>
        (query.orderId === undefined || entry.orderId === query.orderId) &&
        (query.paymentKey === undefined || entry.paymentKey === query.paymentKey) &&
        (query.path === undefined || entry.path.includes(query.path)),
    );
  }
}
