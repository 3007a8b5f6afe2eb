import { Injectable, Logger } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { SingleFlight } from '../platform/single-flight.ts';
import { PrismaService, sqlState } from '../platform/database/index.ts';
import { AGREEMENT_INVARIANTS } from './invariants/agreements.ts';
import { type Invariant, type Moment, momentOf } from './invariants/invariant.ts';
import { MONEY_INVARIANTS } from './invariants/money.ts';
import { PROCESSING_INVARIANTS } from './invariants/processing.ts';
import { SUBSCRIPTION_INVARIANTS } from './invariants/subscriptions.ts';

/** One of them, checked. */
export interface Checked {
  name: string;
  says: string;
  /** Rows that break it; -1 where they could not be counted. */
  broken: number;
  /** Why they could not be counted. null: they were */
  error: 'timeout' | 'failed' | null;
}

/** All of them, checked at one time. */
export interface Report {
  checkedAt: Date;
  invariants: Checked[];
}

/** For one invariant, and for all together. Each is linear over its tables, so that millions of rows fit. */
const MAX_CHECK_MS = 30_000;
const MAX_REPORT_MS = 120_000;
/** A report that took this long is given to the readers of the next few seconds, too. */
const SLOW_MS = 3_000;
const REUSED_FOR_MS = 5_000;
/** PostgreSQL's code of a statement that ran into its time limit. */
const QUERY_CANCELED = '57014';

const ALL: readonly Invariant[] = [
  ...PROCESSING_INVARIANTS,
  ...MONEY_INVARIANTS,
  ...SUBSCRIPTION_INVARIANTS,
  ...AGREEMENT_INVARIANTS,
];

/**
 * Checks whether the records are consistent: one invariant at a time, on one connection, limited in time. An invariant
 * that could not be checked counts as broken.
 */
@Injectable()
export class Invariants {
  private readonly log = new Logger('invariants');
  private readonly flights = new SingleFlight<Report>();
  private slow: { report: Report; until: number } | undefined;
  /** Names of those that the last check found broken, or could not check. */
  broken: string[] = [];

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
  ) {}

  /** One check runs at a time; callers that come meanwhile share the next one. */
  check(): Promise<Report> {
    if (this.slow && performance.now() < this.slow.until) return Promise.resolve(this.slow.report);
    return this.flights.run('check', () => this.checkAll());
  }

  private async checkAll(): Promise<Report> {
    const startedAt = performance.now();
    const checkedAt = this.clock.now();
    const checked: Checked[] = [];
    const moment = momentOf(checkedAt, this.calendar);
    for (const invariant of ALL) {
      const left = MAX_REPORT_MS - (performance.now() - startedAt);
      checked.push(await this.checkOne(invariant, moment, Math.min(MAX_CHECK_MS, left)));
    }
    this.broken = checked.filter((one) => one.broken !== 0).map(({ name }) => name);
    const report = { checkedAt, invariants: checked };
    const endedAt = performance.now();
    this.slow = endedAt - startedAt < SLOW_MS ? undefined : { report, until: endedAt + REUSED_FOR_MS };
    return report;
  }

  private async checkOne({ name, says, count }: Invariant, moment: Moment, maxMs: number): Promise<Checked> {
    try {
      if (maxMs < 1) throw new OutOfTime('the invariants before took all the time');
      const [row] = await this.prisma.runWithin(maxMs, count, moment);
      const { broken } = row!;
      metrics.brokenInvariants.set({ name }, broken);
      if (broken > 0) this.log.error({ message: `an invariant is broken: ${says}`, invariant: name, broken });
      return { name, says, broken, error: null };
    } catch (error) {
      const timedOut = error instanceof OutOfTime || sqlState(error) === QUERY_CANCELED;
      metrics.brokenInvariants.set({ name }, Number.NaN);
      this.log.error({ message: 'an invariant could not be checked', invariant: name, error: (error as Error).stack });
      return { name, says, broken: -1, error: timedOut ? 'timeout' : 'failed' };
    }
  }
}

class OutOfTime extends Error {}
