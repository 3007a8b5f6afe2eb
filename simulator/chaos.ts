import type { Fault, FaultKind, FaultPoint } from './faults.ts';

export interface ChaosPlan {
  seed: number;
  /** Share of requests that suffer, 0 to 1; 0 stops it. */
  rate: number;
  on?: FaultPoint[] | undefined;
  kinds?: FaultKind[] | undefined;
  /** Of the slow and late kinds. */
  delayMs?: number | undefined;
}

const POINTS: FaultPoint[] = [
  'confirm',
  'cancel',
  'get',
  'billing',
  'issue',
  'webhook',
  'transactions',
  'virtual_account',
];

/**
 * What can really happen to an honest caller. Left out unless asked for: wrong_amount, wrong_order, unauthorized, refuse,
 * which say that the other side is broken, and decline on calls that a bank does not decide.
 */
const USUAL: FaultKind[] = [
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
const usualAt = (on: FaultPoint): FaultKind[] => {
  if (on === 'webhook') return ['duplicate', 'drop', 'late', 'reorder'];
  if (on === 'get') return [...USUAL.filter((kind) => kind !== 'in_progress'), 'not_found_lag'];
  return on === 'confirm' || on === 'billing' ? [...USUAL, 'decline'] : USUAL;
};

/** mulberry32: 32 bits of state, good enough to spread faults, and the same everywhere. */
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
 * Faults drawn from a seed. Every point has a stream of its own and each request draws twice, hit or not: the n-th confirm
 * suffers the same whatever reads and webhooks came between. A restart begins the streams again.
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
    this.#streams = new Map(POINTS.map((on, index) => [on, generator((plan?.seed ?? 0) * 31 + index * 7919)]));
  }

  draw(on: FaultPoint): Fault | undefined {
    if (!this.#plan) return undefined;
    const { rate, on: points, kinds, delayMs = 200 } = this.#plan;
    const next = this.#streams.get(on);
    if (!next || (points && !points.includes(on))) return undefined;
    const hit = next() < rate;
    const which = next();
    const possible = usualOrAsked(on, kinds);
    const kind = possible[Math.floor(which * possible.length)];
    return hit && kind ? { id: 0, left: 0, on, kind, delayMs } : undefined;
  }
}

function usualOrAsked(on: FaultPoint, asked: FaultKind[] | undefined): FaultKind[] {
  if (!asked) return usualAt(on);
  const webhookKinds = ['duplicate', 'drop', 'late', 'reorder', 'forge'];
  return asked.filter((kind) => webhookKinds.includes(kind) === (on === 'webhook'));
}
