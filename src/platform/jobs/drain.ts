/** How a row was left. silent: the provider does not answer, so that the next row would not fare better. */
export type Handled = 'done' | 'open' | 'silent';

/** What is done with the rows that are due. */
export interface Work<Row> {
  /** Takes at most so many rows; none: nothing is left. */
  claim(limit: number): Promise<Row[]>;
  /** What it throws ends the round. */
  handle(row: Row): Promise<Handled>;
  /** So many rows are handled at the same time. */
  lanes: number;
  /** So many are claimed at a time. */
  batch: number;
  /** Whether no more rows should be claimed: the instance stops. Those that are claimed are still handled. */
  isStopping(): boolean;
  /** Gives up what was claimed and not begun, when the provider stopped answering. */
  putBack?(rows: Row[]): Promise<void>;
}

export interface Drained {
  /** So many rows are done. */
  done: number;
  /** The provider stopped answering, or the instance stops: rows that are due may be left. */
  isCutShort: boolean;
}

/** Handles all that is due, or what is possible until the provider stops answering. */
export async function drain<Row>(work: Work<Row>): Promise<Drained> {
  const round = new Round(work);
  try {
    // One first: where the provider does not answer, the others need not be claimed.
    if (await round.claim(1)) await round.handleNext();
    const lanes = await Promise.allSettled(Array.from({ length: work.lanes }, () => round.lane()));
    const failed = lanes.find((lane) => lane.status === 'rejected');
    if (failed) throw failed.reason;
  } finally {
    await round.end();
  }
  const { done, isSilent } = round;
  return { done, isCutShort: isSilent || work.isStopping() };
}

class Round<Row> {
  done = 0;
  isSilent = false;
  private claimed: Row[] = [];
  private claiming: Promise<boolean> | null = null;
  private isOver = false;

  constructor(private readonly work: Work<Row>) {}

  async lane(): Promise<void> {
    while (!this.isOver && (this.claimed.length > 0 || (await this.claimMore()))) await this.handleNext();
  }

  /** @returns whether there may be more to do */
  async claim(limit: number): Promise<boolean> {
    if (this.isOver || this.work.isStopping()) return false;
    const rows = await this.work.claim(limit).catch((error: unknown) => this.fail(error));
    this.claimed.push(...rows);
    if (rows.length === 0) this.isOver = true;
    return rows.length > 0;
  }

  async handleNext(): Promise<void> {
    const row = this.claimed.shift();
    if (row === undefined) return;
    const handled = await this.work.handle(row).catch((error: unknown) => this.fail(error));
    if (handled === 'done') this.done++;
    if (handled === 'silent') this.isOver = this.isSilent = true;
  }

  async end(): Promise<void> {
    if (this.claimed.length > 0) await this.work.putBack?.(this.claimed);
  }

  /** One claim at a time, for all lanes. */
  private claimMore(): Promise<boolean> {
    this.claiming ??= this.claim(this.work.batch).finally(() => (this.claiming = null));
    return this.claiming;
  }

  private fail(error: unknown): never {
    this.isOver = true;
    throw error;
  }
}
