import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { PrismaService, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { Asking } from './asking.ts';
import { Claims } from './claims.ts';
import { NetCancels } from './net-cancels.ts';
import { SettleService } from './settle.service.ts';
import type { Settled } from './settled.ts';

/** What a poll may take besides one request and its answer: two reads of the provider, and all that is ours. */
const BESIDES_REQUEST_MS = 25_000;
/** A buyer who polls makes us look, but not more often than this. */
const LOOK_AT_MOST_EVERY_MS = 2_000;
const BATCH = 64;
const AT_ONCE = 8;

interface Looked {
  kind: Settled['kind'];
  /** Toss answered nothing. */
  silence: boolean;
}

/**
 * Finds out, without anybody's help, what became of the payments nobody knows the outcome of. What is due stands in the
 * payment's own row (`next_poll_at`), so nothing is forgotten when a process dies: whoever sweeps next takes it up.
 */
@Injectable()
export class Recovery implements OnModuleInit {
  private readonly log = new Logger('recovery');
  /** Until then a poll that was begun has ended, or its process has died and another may poll. */
  private readonly leaseMs: number;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: Claims,
    private readonly asking: Asking,
    private readonly settling: SettleService,
    private readonly netCancels: NetCancels,
    private readonly jobs: JobsService,
    @Inject(SETTINGS) { tossTimeoutMs, billingTimeoutMs }: Settings,
  ) {
    this.leaseMs = Math.max(tossTimeoutMs, billingTimeoutMs) + BESIDES_REQUEST_MS;
  }

  onModuleInit(): void {
    this.jobs.handle(
      'recover-payments',
      async () => void (await this.jobs.single('recover-payments', () => this.sweep())),
    );
  }

  /**
   * Looks at every payment that is due, and tries the net cancels that are. Stops at the first silence of Toss: where one
   * call finds nobody, a thousand more would.
   *
   * @returns how many were settled
   */
  async sweep(): Promise<number> {
    const settled = await this.sweepPayments();
    return settled + (await this.netCancels.sweep());
  }

  private async sweepPayments(): Promise<number> {
    let settled = 0;
    for (let batch = AT_ONCE; ; batch = BATCH) {
      // A few first: where they find Toss silent, the rest need not even be claimed.
      const due = await this.claimDue(batch);
      if (due.length === 0) return settled;
      const looked: Looked[] = [];
      while (due.length > 0 && !looked.some((result) => result.silence)) {
        looked.push(...(await Promise.all(due.splice(0, AT_ONCE).map((orderId) => this.lookIntoSafely(orderId)))));
      }
      settled += looked.filter(({ kind }) => kind !== 'pending' && kind !== 'waiting').length;
      await this.putBack(due);
      if (due.length > 0 || looked.some((result) => result.silence)) return settled;
    }
  }

  /** When the next look or net cancel is due; null when none is. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ due: Date | null }[]>(sql`
      SELECT LEAST((SELECT min(next_poll_at) FROM payment WHERE next_poll_at IS NOT NULL), (SELECT min(next_try_at) FROM payment_void WHERE next_try_at IS NOT NULL)) AS due`);
    return row!.due;
  }

  /** Looks now, because somebody asked for the payment. Does nothing if somebody has just looked. */
  async lookNow(orderId: string): Promise<void> {
    const now = this.clock.now();
    const lately = new Date(now.getTime() - LOOK_AT_MOST_EVERY_MS);
    const mine = await this.prisma.$executeRaw(sql`
      UPDATE payment SET polled_at = ${now}::timestamptz
      WHERE order_id = ${orderId} AND status = 'PENDING' AND COALESCE(polled_at, created_at) < ${lately}::timestamptz`);
    if (mine === 1) await this.lookInto(orderId);
  }

  /** One payment that cannot be settled, for whatever defect, must not hold up the others. */
  private async lookIntoSafely(orderId: string): Promise<Looked> {
    try {
      return await this.lookInto(orderId);
    } catch (error) {
      this.log.error({ message: 'a look failed', orderId, error: (error as Error).stack });
      return { kind: 'pending', silence: false };
    }
  }

  private async lookInto(orderId: string): Promise<Looked> {
    const asked = await this.claims.pending(orderId);
    if (!asked) return { kind: 'overtaken', silence: false };
    const outcome = await this.asking.lookInto(asked);
    const { kind } = await this.settling.settle(asked, outcome, true);
    if (kind !== 'pending' && kind !== 'waiting')
      this.log.log({ message: 'recovered', orderId, attempt: asked.number, settled: kind });
    return { kind, silence: outcome.kind === 'unknown' && !outcome.tossAnswered };
  }

  private async claimDue(atMost: number): Promise<string[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + this.leaseMs);
    const rows = await this.prisma.$queryRaw<{ orderId: string }[]>(sql`
      UPDATE payment SET next_poll_at = ${lease}::timestamptz, polled_at = ${now}::timestamptz
      WHERE order_id = ANY(ARRAY(
        SELECT order_id FROM payment WHERE next_poll_at <= ${now}::timestamptz
        ORDER BY next_poll_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED))
      RETURNING order_id AS "orderId"`);
    return rows.map((row) => row.orderId);
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(): Promise<void> {
    const now = this.clock.now();
    await this.prisma.$executeRaw(sql`
      WITH attempts AS (UPDATE payment_attempt SET requested_at = LEAST(requested_at, ${now}::timestamptz) WHERE outcome IS NULL OR outcome = 'UNKNOWN'),
      net_cancels AS (UPDATE payment_void SET next_try_at = LEAST(next_try_at, ${now}::timestamptz) WHERE next_try_at IS NOT NULL)
      UPDATE payment SET next_poll_at = LEAST(next_poll_at, ${now}::timestamptz), polled_at = NULL WHERE next_poll_at IS NOT NULL`);
  }

  private async putBack(orderIds: string[]): Promise<void> {
    if (orderIds.length === 0) return;
    await this.prisma.payment.updateMany({
      where: { orderId: { in: orderIds }, nextPollAt: { not: null } },
      data: { nextPollAt: this.clock.now() },
    });
  }
}
