import { Agent, request } from 'undici';
import { koreanTime, type Clock } from './clock.ts';
import type { Webhook, WebhookQueue } from './webhook-queue.ts';

/** A receiver has 10 seconds (docs: webhooks). */
const LIMIT_MS = 10_000;
const AT_ONCE = 16;

/** Empties the queue beside the API: a few at a time, so that one slow receiver holds up neither the others nor an answer. */
export class WebhookSender {
  url: string | null;
  readonly #queue: WebhookQueue;
  readonly #clock: Clock;
  readonly #agent = new Agent({ connections: AT_ONCE });
  readonly #underWay = new Map<number, Promise<void>>();
  #woken = false;
  #closed = false;

  constructor(queue: WebhookQueue, clock: Clock, url: string | null) {
    this.#queue = queue;
    this.#clock = clock;
    this.url = url;
  }

  /** Looks at the queue once the running transaction is over. */
  wake(): void {
    if (this.#woken || this.#closed) return;
    this.#woken = true;
    this.#queue.committed(() =>
      setImmediate(() => {
        this.#woken = false;
        this.#startDue();
      }),
    );
  }

  /** Sends everything due now, and after it what waited to be overtaken; answers when done. */
  async deliverDue(): Promise<number> {
    let sent = 0;
    for (let round = 0; round < 2; round += 1) {
      for (this.#startCommitted(); this.#underWay.size > 0; this.#startCommitted()) {
        sent += 1;
        await Promise.race(this.#underWay.values());
      }
      if (round === 0 && this.#queue.release(this.#clock.now()) === 0) break;
    }
    return sent;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#agent.destroy();
    await Promise.allSettled(this.#underWay.values());
  }

  #startCommitted(): void {
    this.#queue.flush();
    this.#startDue();
  }

  #startDue(): void {
    if (this.#closed || this.url === null || this.#underWay.size >= AT_ONCE) return;
    // Nothing is told of before it is committed.
    if (this.#queue.pendingCommit) {
      this.wake();
      return;
    }
    for (const webhook of this.#queue.due(this.#clock.now(), AT_ONCE * 2)) {
      if (this.#underWay.size >= AT_ONCE) return;
      if (!this.#underWay.has(webhook.id)) this.#underWay.set(webhook.id, this.#send(webhook, this.url));
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
        signal: AbortSignal.timeout(LIMIT_MS),
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
    // Cut off by our own shutdown, not refused by the receiver: the next start sends it again.
    if (!this.#closed) this.#queue.tried(webhook, at, status, error);
    this.#underWay.delete(webhook.id);
    // Refilled by halves: looking at the queue after every single one would cost more than sending it.
    if (!this.#closed && this.#underWay.size <= AT_ONCE / 2) this.wake();
  }
}
