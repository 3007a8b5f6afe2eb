import type { DatabaseSync } from 'node:sqlite';
import { Chaos, type ChaosPlan } from './chaos.ts';

export const FAULT_POINTS = [
  'confirm',
  'cancel',
  'get',
  'billing',
  'issue',
  'webhook',
  'transactions',
  'virtual_account',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Instead of the work: nothing is done. They strike a repeated request too. */
export const BEFORE = [
  'drop_before',
  'error_before',
  'garbage_before',
  'in_progress',
  'rate_limited',
  'unauthorized',
  'not_found_lag',
  'slow',
] as const;
/** How the work comes out. A request whose answer is already stored does no work, so these pass it by. */
export const OUTCOME = ['decline', 'refuse', 'wrong_amount', 'wrong_order'] as const;
/** The work is done, then the answer suffers. */
export const AFTER = ['drop_after', 'error_after', 'garbage', 'slow_after'] as const;
export const WEBHOOK = ['duplicate', 'drop', 'late', 'reorder', 'forge'] as const;

export type FaultKind = (typeof BEFORE | typeof OUTCOME | typeof AFTER | typeof WEBHOOK)[number];

export interface FaultPlan {
  on: FaultPoint;
  kind: FaultKind;
  orderId?: string | undefined;
  paymentKey?: string | undefined;
  /** How often it strikes; 0 is for ever. */
  times?: number | undefined;
  code?: string | undefined;
  status?: number | undefined;
  delayMs?: number | undefined;
  /** `wrong_amount`, `wrong_order`: what is held instead. */
  wrongAmount?: number | undefined;
  wrongOrderId?: string | undefined;
  /** `error_after`: keep the true answer under the idempotency key, as a gateway's 5xx would leave it. */
  keepAnswer?: boolean | undefined;
}

export interface Fault extends FaultPlan {
  /** 0 for a fault of the chaos. */
  id: number;
  left: number;
}

export interface Subject {
  orderId?: string | undefined;
  paymentKey?: string | undefined;
}

/** Which kinds make sense where; the control plane refuses the others rather than let a test wait for nothing. */
export function kindsAt(on: FaultPoint): readonly FaultKind[] {
  if (on === 'webhook') return WEBHOOK;
  const common: FaultKind[] = [...BEFORE, 'decline', 'refuse', ...AFTER];
  if (on === 'billing') return [...common, 'wrong_amount'];
  return on === 'confirm' ? [...common, 'wrong_amount', 'wrong_order'] : common;
}

/** The faults that wait for their request. Stored, so that a killed simulator comes back as ill as it was. */
export class Faults {
  readonly chaos: Chaos;
  readonly #faults = new Map<number, Fault>();
  readonly #save;

  constructor(db: DatabaseSync, chaos: ChaosPlan | undefined) {
    db.exec('CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL)');
    this.#save = {
      insert: db.prepare('INSERT INTO faults (doc) VALUES (?)'),
      update: db.prepare('UPDATE faults SET doc = ? WHERE id = ?'),
      remove: db.prepare('DELETE FROM faults WHERE id = ?'),
      clear: db.prepare('DELETE FROM faults'),
    };
    for (const row of db.prepare('SELECT id, doc FROM faults ORDER BY id').all() as { id: number; doc: string }[]) {
      this.#faults.set(row.id, { ...JSON.parse(row.doc), id: row.id });
    }
    this.chaos = new Chaos(chaos);
  }

  add(plan: FaultPlan): Fault {
    const left = plan.times ?? 1;
    const id = Number(this.#save.insert.run(JSON.stringify({ ...plan, left })).lastInsertRowid);
    const fault = { ...plan, left, id };
    this.#faults.set(id, fault);
    return fault;
  }

  list(): Fault[] {
    return [...this.#faults.values()];
  }

  clear(): void {
    this.#faults.clear();
    this.#save.clear.run();
  }

  /** The first fault laid for this request, used up by one; failing that, what the chaos draws. */
  take(on: FaultPoint, subject: Subject, replaying: boolean): Fault | undefined {
    for (const fault of this.#faults.values()) {
      if (fault.on !== on || (replaying && isOutcome(fault.kind))) continue;
      if (fault.orderId !== undefined && fault.orderId !== subject.orderId) continue;
      if (fault.paymentKey !== undefined && fault.paymentKey !== subject.paymentKey) continue;
      this.#use(fault);
      return fault;
    }
    const drawn = this.chaos.draw(on);
    return drawn && replaying && isOutcome(drawn.kind) ? undefined : drawn;
  }

  #use(fault: Fault): void {
    if (fault.left === 0) return;
    if (fault.left > 1) {
      fault.left -= 1;
      this.#save.update.run(JSON.stringify(fault), fault.id);
    } else {
      this.#faults.delete(fault.id);
      this.#save.remove.run(fault.id);
    }
  }
}

function isOutcome(kind: FaultKind): boolean {
  return (OUTCOME as readonly string[]).includes(kind);
}
