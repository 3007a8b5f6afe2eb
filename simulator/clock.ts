const KOREA_AHEAD_MS = 9 * 60 * 60 * 1000;

/**
 * The clock of the whole simulator: the machine's clock moved by an offset. The caller stores the offset, so that it
 * survives a restart.
 */
export class Clock {
  #offsetMs: number;

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  move(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  /** Milliseconds since 1970, UTC. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }
}

/**
 * `2024-02-13T12:18:14+09:00`: how Toss writes every instant of a Payment (docs: core API reference).
 * Korea has had no daylight saving since 1988, so a fixed offset is correct.
 */
export function koreanTime(ms: number): string {
  return `${new Date(ms + KOREA_AHEAD_MS).toISOString().slice(0, 19)}+09:00`;
}

/** `2022-01-01T00:00:00.000000`: a webhook's `createdAt`, Korean time without an offset (docs: webhook events). */
export function webhookTime(ms: number): string {
  return `${new Date(ms + KOREA_AHEAD_MS).toISOString().slice(0, 23)}000`;
}

/** `20250528204823`: the stamp inside a payment key. */
export function keyStamp(ms: number): string {
  return new Date(ms + KOREA_AHEAD_MS).toISOString().slice(0, 19).replace(/\D/g, '');
}
