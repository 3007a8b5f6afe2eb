import PQueue from 'p-queue';

/** Two requests fit into the margin that every lease and deadline adds to the time limits of the provider. */
const MAX_WAIT_MS = 2_000;

/** The request waited too long for its turn. The provider has not seen it. */
export class NotSentError extends Error {}

/** Bounds the requests of this process to one provider: how many at once, and how many per second. */
export class RequestLimit {
  private readonly queue: PQueue;

  constructor({ maxConcurrent, maxPerSecond }: { maxConcurrent: number; maxPerSecond: number }) {
    this.queue = new PQueue({ concurrency: maxConcurrent, interval: 1_000, intervalCap: maxPerSecond });
  }

  /**
   * @param urgent a buyer waits for it: it goes before everything that is not
   * @throws NotSentError when its turn does not come in time
   */
  run<T>(urgent: boolean, request: () => Promise<T>): Promise<T> {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(new NotSentError()), MAX_WAIT_MS);
    const send = () => {
      clearTimeout(timer);
      return request();
    };
    return this.queue.add(send, { priority: urgent ? 1 : 0, signal: waiting.signal });
  }
}
