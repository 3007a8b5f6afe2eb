import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isDefect, type PrismaService, type Tx, type Types, type Values } from '../database/index.ts';
import { metrics } from '../metrics.ts';
import type { Clock } from '../time/clock.ts';
import { MINUTE } from '../time/duration.ts';
import { drain, type Drained, type Handled } from './drain.ts';
import type { QueueDeclaration } from './queue-statements.ts';

/** How long a row waits after a defect, doubled each time. */
const DEFECT_DELAY_MS = MINUTE;
const MAX_DEFECT_DELAY_MS = 60 * MINUTE;

/** How soon it is tried again to claim rows that wait a moment for another. */
const SPACING_MS = 250;

/** A row that this instance works on until its lease ends; then it has died, and another instance may take the row. */
export type Leased<R extends Types> = Values<R> & { leaseUntil: Date };

/** How the rows of a queue are handled. */
export interface Handling<R extends Types> {
  handle(row: Leased<R>): Promise<Handled>;
  leaseMs: number;
  /** So many rows are handled at the same time. */
  lanes: number;
  /** So many are claimed at a time; as many as are handled at the same time, unless given. */
  batch?: number;
}

/**
 * Work that is due, kept in the rows that it is about: nothing is forgotten when a process dies, and any number of
 * instances take rows side by side, past those that others hold.
 */
export class LeaseQueue<R extends Types> {
  private readonly log = new Logger('queues');
  /** How often a row met a defect, by its key. */
  private readonly defects = new Map<unknown, number>();

  constructor(
    private readonly declaration: QueueDeclaration<R>,
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    /** The instance stops: no more rows are claimed. */
    readonly isStopping: () => boolean,
  ) {}

  /** Takes rows that are due. `leaseMs`: until then this instance is done with them, or has died. */
  async claim(limit: number, leaseMs: number): Promise<Leased<R>[]> {
    const lease = this.leaseOf(leaseMs);
    const rows = await this.prisma.run(this.declaration.claim, { ...lease, limit });
    return rows.map((row) => ({ ...row, leaseUntil: lease.leaseUntil }));
  }

  /** The same for one row. @returns null when it is not due, has to wait, or is taken */
  async claimOne(key: Values<R>[string], leaseMs: number): Promise<Leased<R> | null> {
    const lease = this.leaseOf(leaseMs);
    const [row] = await this.prisma.run(this.declaration.claimOne, { ...lease, key });
    return row ? { ...row, leaseUntil: lease.leaseUntil } : null;
  }

  /** Handles all that is due, until the provider does not answer. @returns how many rows are done */
  async drain(handling: Handling<R>): Promise<number> {
    for (let total = 0; ;) {
      const { done, isCutShort } = await this.drainOnce(handling);
      total += done;
      if (isCutShort || !this.declaration.source.spacing || !(await this.isDue())) return total;
      // What is left waits for another row, for a moment.
      await sleep(SPACING_MS);
    }
  }

  /** Handles one row now, if its turn has come. @returns null if it has not */
  async handleOne(key: Values<R>[string], { handle, leaseMs }: Pick<Handling<R>, 'handle' | 'leaseMs'>) {
    const row = await this.claimOne(key, leaseMs);
    return row && this.quarantined(row, () => handle(row));
  }

  /**
   * A row that meets a defect is logged and waits, longer each time; no other waits for it.
   *
   * @throws trouble with the database, which the next row would meet too
   */
  async quarantined(row: Leased<R>, handle: () => Promise<Handled>): Promise<Handled> {
    const key: unknown = row[this.declaration.source.key];
    try {
      const handled = await handle();
      this.defects.delete(key);
      return handled;
    } catch (error) {
      if (!isDefect(error)) throw error;
      await this.setAside(row, key, error as Error);
      return 'open';
    }
  }

  /** When the next row is due; null for none. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.run(this.declaration.nextDue, {});
    return row?.due ?? null;
  }

  /** Whether a row is due, also one that has to wait a moment for another. */
  async isDue(): Promise<boolean> {
    const [row] = await this.prisma.run(this.declaration.isDue, { now: this.clock.now() });
    return row!.isDue;
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(tx?: Tx): Promise<void> {
    const { clockWentBack, rewind } = this.declaration;
    const now = this.clock.now();
    this.defects.clear();
    await this.prisma.run(clockWentBack, { now }, tx);
    if (rewind) await this.prisma.run(rewind, { now }, tx);
  }

  private drainOnce({ handle, leaseMs, lanes, batch = lanes }: Handling<R>): Promise<Drained> {
    return drain<Leased<R>>({
      claim: (limit) => this.claim(limit, leaseMs),
      handle: (row) => this.quarantined(row, () => handle(row)),
      lanes,
      batch,
      isStopping: this.isStopping,
      putBack: (rows) => this.putBack(rows),
    });
  }

  private leaseOf(ms: number): { now: Date; leaseUntil: Date } {
    const now = this.clock.now();
    return { now, leaseUntil: new Date(now.getTime() + ms) };
  }

  private async putBack(rows: readonly Leased<R>[]): Promise<void> {
    for (const [leaseUntil, leased] of Map.groupBy(rows, (row) => row.leaseUntil)) {
      await this.move(leased, leaseUntil, this.clock.now());
    }
  }

  private async setAside(row: Leased<R>, key: unknown, error: Error): Promise<void> {
    const { name, key: column } = this.declaration.source;
    const defects = (this.defects.get(key) ?? 0) + 1;
    this.defects.set(key, defects);
    const delay = Math.min(DEFECT_DELAY_MS * 2 ** Math.min(defects - 1, 10), MAX_DEFECT_DELAY_MS);
    metrics.queueDefects.inc({ queue: name });
    this.log.error({ message: 'a row could not be handled', queue: name, [column]: key, defects, error: error.stack });
    await this.move([row], row.leaseUntil, new Date(this.clock.now().getTime() + delay));
  }

  private async move(rows: readonly Leased<R>[], leaseUntil: Date, due: Date): Promise<void> {
    const keys = rows.map((row) => row[this.declaration.source.key]);
    await this.prisma.run(this.declaration.move, { keys, leaseUntil, due });
  }
}
