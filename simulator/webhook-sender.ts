import { Agent, request } from 'undici';
import { koreanTime, type Clock } from './clock.ts';
import type { Webhook, WebhookQueue } from './webhook-queue.ts';

/** Toss waits 10 seconds for a response (docs: webhooks). */
const RESPONSE_TIMEOUT_MS = 10_000;
const MAX_CONCURRENT = 16;

/** Sends queued webhooks in the background, several at a time: a slow receiver delays neither others nor the API. */
export class WebhookSender {
  url: string | null;
  readonly #queue: WebhookQueue;
  readonly #clock: Clock;
  readonly #agent = new Agent({ connections: MAX_CONCURRENT });
  readonly #inFlight = new Map<number, Promise<void>>();
  #woken = false;
  #closed = false;

  constructor(queue: WebhookQueue, clock: Clock, url: string | null) {
    this.#queue = queue;
    this.#clock = clock;
    this.url = url;
  }

  /** Sends what is due, once the running transaction is committed. */
  wake(): void {
    if (this.#woken || this.#closed) return;
    this.#woken = true;
    this.#queue.whenCommitted(() =>
      setImmediate(() => {
        this.#woken = false;
        this.#startDue();
      }),
    );
  }

  /** Sends everything that is due, then the reordered webhooks. @returns how many were sent */
  async deliverDue(): Promise<number> {
    let sent = 0;
    for (let round = 0; round < 2; round += 1) {
      for (this.#startCommitted(); this.#inFlight.size > 0; this.#startCommitted()) {
        sent += 1;
        await Promise.race(this.#inFlight.values());
      }
      if (round === 0 && this.#queue.releaseReordered(this.#clock.now()) === 0) break;
    }
    return sent;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#agent.destroy();
    await Promise.allSettled(this.#inFlight.values());
  }

  #startCommitted(): void {
    this.#queue.flush();
    this.#startDue();
  }

  #startDue(): void {
    if (this.#closed || this.url === null || this.#inFlight.size >= MAX_CONCURRENT) return;
    // A webhook is sent only after its change is committed.
    if (this.#queue.hasPendingCommit) {
      this.wake();
      return;
    }
    for (const webhook of this.#queue.due(this.#clock.now(), MAX_CONCURRENT * 2)) {
      if (this.#inFlight.size >= MAX_CONCURRENT) return;
      if (!this.#inFlight.has(webhook.id)) this.#inFlight.set(webhook.id, this.#send(webhook, this.url));
    }
  }

  async #send(webhook: Webhook, url: string): Promise<void> {
    const at = this.#clock.now();
    let status: number | null = null;
    let error: string | null = null;
    try {
      const response = await request(url, {
        method: 'POST',
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
        headers: {
          'content-type': 'application/json',
          'tosspayments-webhook-transmission-time': koreanTime(at),
          'tosspayments-webhook-transmission-retried-count': String(webhook.tries),
          // The same on every retry: UNVERIFIED.
          'tosspayments-webhook-transmission-id': webhook.transmissionId,
        },
        body: webhook.body,
      });
      status = response.statusCode;
      await response.body.dump();
    } catch (caught) {
      error = caught instanceof Error ? caught.message : String(caught);
    }
    // A shutdown interrupts the request: it is not the receiver's failure, and the next start sends it again.
    if (!this.#closed) this.#queue.recordAttempt(webhook, at, status, error);
    this.#inFlight.delete(webhook.id);
    // Refilled in halves: reading the queue after every webhook would cost more than sending it.
    if (!this.#closed && this.#inFlight.size <= MAX_CONCURRENT / 2) this.wake();
  }
}
