import { FAULT_POINTS, type FaultKind, type FaultPoint } from './fault-kinds.ts';
import type { Fault } from './faults.ts';

export interface ChaosPlan {
  seed: number;
  /** The share of requests with a fault, 0 to 1. 0 stops the chaos. */
  rate: number;
  on?: FaultPoint[] | undefined;
  kinds?: FaultKind[] | undefined;
  /** For the slow and late kinds. */
  delayMs?: number | undefined;
}

/**
 * What can really happen to a correct client. Only on request: wrong_amount, wrong_order, unauthorized and refuse,
 * which mean that Toss is wrong, and decline on calls that no bank decides.
 */
const DEFAULT_KINDS: FaultKind[] = [
  'drop_before',
  'drop_after',
  'error_before',
  'error_after',
  'garbage',
  'garbage_before',
  'in_progress',
  'rate_limited',
  'slow',
  'slow_after',
];
const defaultKindsAt = (on: FaultPoint): FaultKind[] => {
  if (on === 'webhook') return ['duplicate', 'drop', 'late', 'reorder'];
  if (on === 'get') return [...DEFAULT_KINDS.filter((kind) => kind !== 'in_progress'), 'not_found_lag'];
  return on === 'confirm' || on === 'billing' ? [...DEFAULT_KINDS, 'decline'] : DEFAULT_KINDS;
};

/** mulberry32: 32 bits of state are enough to spread faults, and give the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Faults drawn from a seed. Every point has its own stream, and each request draws twice, hit or not: the n-th confirm
 * has the same fault whatever reads and webhooks come between. A restart begins the streams again.
 */
export class Chaos {
  #plan: ChaosPlan | undefined;
  #streams = new Map<FaultPoint, () => number>();

  constructor(plan: ChaosPlan | undefined) {
    this.start(plan);
  }

  get plan(): ChaosPlan | undefined {
    return this.#plan;
  }

  start(plan: ChaosPlan | undefined): void {
    this.#plan = plan && plan.rate > 0 ? plan : undefined;
    this.#streams = new Map(FAULT_POINTS.map((on, index) => [on, generator((plan?.seed ?? 0) * 31 + index * 7919)]));
  }

  draw(on: FaultPoint): Fault | undefined {
    if (!this.#plan) return undefined;
    const { rate, on: points, kinds, delayMs = 200 } = this.#plan;
    const next = this.#streams.get(on);
    if (!next || (points && !points.includes(on))) return undefined;
    const hit = next() < rate;
    const which = next();
    const possible = kindsToDraw(on, kinds);
    const kind = possible[Math.floor(which * possible.length)];
    return hit && kind ? { id: 0, left: 0, on, kind, delayMs } : undefined;
  }
}

function kindsToDraw(on: FaultPoint, requested: FaultKind[] | undefined): FaultKind[] {
  if (!requested) return defaultKindsAt(on);
  const webhookKinds = ['duplicate', 'drop', 'late', 'reorder', 'forge'];
  return requested.filter((kind) => webhookKinds.includes(kind) === (on === 'webhook'));
}
