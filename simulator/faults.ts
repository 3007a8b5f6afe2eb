import type { DatabaseSync } from 'node:sqlite';
import { Chaos, type ChaosPlan } from './chaos.ts';
import { isOutcome, type FaultKind, type FaultPoint } from './fault-kinds.ts';

export interface FaultPlan {
  on: FaultPoint;
  kind: FaultKind;
  orderId?: string | undefined;
  paymentKey?: string | undefined;
  /** How often it strikes. 0: until it is removed */
  times?: number | undefined;
  code?: string | undefined;
  status?: number | undefined;
  delayMs?: number | undefined;
  /** `wrong_amount`, `wrong_order`: what is approved instead. */
  wrongAmount?: number | undefined;
  wrongOrderId?: string | undefined;
  /** `error_after`: keeps the true response under the idempotency key, as with a 5xx of a gateway. */
  keepAnswer?: boolean | undefined;
}

export interface Fault extends FaultPlan {
  /** 0: drawn by the chaos */
  id: number;
  left: number;
}

export interface Subject {
  orderId?: string | undefined;
  paymentKey?: string | undefined;
}

/** The faults that wait for a request. They are stored and survive a restart. */
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

  /** The first fault that waits for this request, used once; otherwise a fault that the chaos draws. */
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
