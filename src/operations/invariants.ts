import { Injectable, Logger } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { SingleFlight } from '../platform/single-flight.ts';
import { PrismaService, sql, sqlState } from '../platform/database/index.ts';
import { agreementInvariants } from './invariants/agreements.ts';
import type { Invariant, Moment } from './invariants/invariant.ts';
import { moneyInvariants } from './invariants/money.ts';
import { processingInvariants } from './invariants/processing.ts';
import { subscriptionInvariants } from './invariants/subscriptions.ts';

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

/** What one may take, and all together. Linear over the tables, so that millions of rows fit. */
const ONE_WITHIN_MS = 30_000;
const ALL_WITHIN_MS = 120_000;
/** A check that took this long is not made again for the next reader within a few seconds. */
const SLOW_MS = 3_000;
const KEPT_FOR_MS = 5_000;
/** PostgreSQL's code of a statement that ran into its time limit. */
const QUERY_CANCELED = '57014';

const all = (moment: Moment): Invariant[] => [
  ...processingInvariants(moment),
  ...moneyInvariants(),
  ...subscriptionInvariants(moment),
  ...agreementInvariants(moment),
];

/**
 * Checks whether the records are consistent: one check at a time, on one connection, limited in time. A check that fails, or is
 * too slow, counts as broken, never as well.
 */
@Injectable()
export class Invariants {
  private readonly log = new Logger('invariants');
  private readonly flights = new SingleFlight<Report>();
  private slow: { report: Report; until: number } | undefined;
  /** Names of those that were broken, or could not be checked, the last time. */
  broken: string[] = [];

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessCalendar,
  ) {}

  /** All who ask while a check is under way share the next one. */
  check(): Promise<Report> {
    if (this.slow && performance.now() < this.slow.until) return Promise.resolve(this.slow.report);
    return this.flights.run('check', () => this.checkAll());
  }

  private async checkAll(): Promise<Report> {
    const startedAt = performance.now();
    const checkedAt = this.clock.now();
    const checked: Checked[] = [];
    for (const invariant of all({ now: checkedAt, time: this.time })) {
      const left = ALL_WITHIN_MS - (performance.now() - startedAt);
      checked.push(await this.checkOne(invariant, Math.min(ONE_WITHIN_MS, left)));
    }
    this.broken = checked.filter((one) => one.broken !== 0).map(({ name }) => name);
    const report = { checkedAt, invariants: checked };
    const endedAt = performance.now();
    this.slow = endedAt - startedAt < SLOW_MS ? undefined : { report, until: endedAt + KEPT_FOR_MS };
    return report;
  }

  private async checkOne({ name, says, broken }: Invariant, withinMs: number): Promise<Checked> {
    try {
      if (withinMs < 1) throw new OutOfTime('the checks before took all the time');
      const [row] = await this.prisma.readWithin<{ count: bigint }>(withinMs, sql`SELECT (${broken})::bigint AS count`);
      const count = Number(row!.count);
      metrics.brokenInvariants.set({ name }, count);
      if (count > 0) this.log.error({ message: `an invariant is broken: ${says}`, invariant: name, broken: count });
      return { name, says, broken: count, error: null };
    } catch (error) {
      const timedOut = error instanceof OutOfTime || sqlState(error) === QUERY_CANCELED;
      metrics.brokenInvariants.set({ name }, Number.NaN);
      this.log.error({ message: 'an invariant could not be checked', invariant: name, error: (error as Error).stack });
      return { name, says, broken: -1, error: timedOut ? 'timeout' : 'failed' };
    }
  }
}

class OutOfTime extends Error {}
