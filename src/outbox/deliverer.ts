import { Injectable, Logger } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { type LeaseQueue, Queues } from '../platform/jobs/index.ts';
import { metrics } from '../platform/metrics.ts';
import { Clock } from '../platform/time/clock.ts';
import { type ClaimedEvent, EVENTS_TO_DELIVER } from './event-queue.ts';
import { payloadOf, publicId } from './payload.ts';
import { nextTryAt, Pace } from './schedule.ts';
import { type Answer, Sender } from './sender.ts';

/** Until then a try that was begun has ended, or its process has died. Three times what an answer may take. */
const LEASE_MS = 45_000;
/** A sweep ends then, and the next begins within a second: a caller that waits for it need not wait for a backlog. */
const MAX_SWEEP_MS = 5_000;

// An operator may have requested a redelivery while it was on its way: that is kept.
const RECORD_DELIVERED = statement('outgoing-events.record-delivered', {
  params: { id: t.long, now: t.instant, leaseUntil: t.instant, httpStatus: t.nullable(t.int) },
  row: {},
  sql: `
    UPDATE outgoing_event SET status = 'DELIVERED', delivered_at = COALESCE(delivered_at, :now),
      last_status = :httpStatus, last_error = NULL,
      next_try_at = CASE WHEN next_try_at = :leaseUntil THEN NULL ELSE next_try_at END
    WHERE id = :id`,
});

// Another instance that took it over when the lease was over, and delivered it, is right.
const RECORD_FAILED = statement('outgoing-events.record-failed', {
  params: {
    ...{ id: t.long, next: t.nullable(t.instant), leaseUntil: t.instant },
    ...{ httpStatus: t.nullable(t.int), error: t.nullable(t.text) },
  },
  row: {},
  sql: `
    UPDATE outgoing_event SET last_status = :httpStatus, last_error = :error, next_try_at = :next::timestamptz,
      status = CASE WHEN :next::timestamptz IS NULL AND status <> 'DELIVERED' THEN 'FAILED' ELSE status END
    WHERE id = :id AND next_try_at = :leaseUntil`,
});

/** Delivers what is due, at least once, from the rows of the events themselves. */
@Injectable()
export class Deliverer {
  private readonly log = new Logger('outbox');
  private readonly pace = new Pace();
  private readonly queue: LeaseQueue<typeof EVENTS_TO_DELIVER.source.row>;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly sender: Sender,
    queues: Queues,
  ) {
    this.queue = queues.open(EVENTS_TO_DELIVER);
  }

  /** Sends what is due, with adaptive concurrency. @returns how many were delivered */
  async sweep(): Promise<number> {
    if (!this.sender.hasReceiver) return 0;
    const startedAt = performance.now();
    let delivered = 0;
    while (
      !this.queue.isStopping() &&
      !this.pace.isQuiet(this.clock.now()) &&
      performance.now() - startedAt < MAX_SWEEP_MS
    ) {
      const due = await this.queue.claim(this.pace.atOnce, LEASE_MS);
      if (due.length === 0) break;
      const handled = await Promise.all(due.map((event) => this.queue.quarantined(event, () => this.deliver(event))));
      delivered += handled.filter((each) => each === 'done').length;
      if (handled.includes('silent')) this.pace.wentBadly(this.clock.now());
      else this.pace.wentWell();
    }
    return delivered;
  }

  /** When {@link sweep} next finds something to do; null for nothing. */
  async nextDue(): Promise<Date | null> {
    if (!this.sender.hasReceiver) return null;
    const due = await this.queue.nextDue();
    if (!due || !this.pace.isQuiet(this.clock.now())) return due;
    return this.pace.quietUntil! > due ? this.pace.quietUntil : due;
  }

  /** Sends one that is due and in turn, whatever the backoff: an operator requested it. */
  async tryNow(id: bigint): Promise<void> {
    await this.queue.handleOne(Number(id), { handle: (event) => this.deliver(event), leaseMs: LEASE_MS });
  }

  private async deliver(event: ClaimedEvent): Promise<'done' | 'open' | 'silent'> {
    const answer = await this.sender.send(publicId(event), JSON.stringify(payloadOf(event)));
    if (answer.kind === 'taken') await this.recordDelivered(event, answer);
    else await this.recordFailed(event, answer);
    return answer.kind === 'taken' ? 'done' : answer.kind === 'trouble' ? 'silent' : 'open';
  }

  private async recordDelivered({ id, uuid, leaseUntil, type, tries }: ClaimedEvent, { status }: Answer) {
    const now = this.clock.now();
    await this.prisma.run(RECORD_DELIVERED, { id, now, leaseUntil, httpStatus: status });
    metrics.messageDeliveries.inc({ result: 'delivered' });
    this.log.log({ message: 'event delivered', id: publicId({ uuid }), type, tries });
  }

  private async recordFailed(event: ClaimedEvent, { status, error }: Answer): Promise<void> {
    const { id, uuid, leaseUntil, type, tries, triesBefore } = event;
    const next = nextTryAt(tries - triesBefore, this.clock.now(), Math.random());
    await this.prisma.run(RECORD_FAILED, { id, next, leaseUntil, httpStatus: status, error });
    metrics.messageDeliveries.inc({ result: next ? 'failed' : 'given_up' });
    this.log[next ? 'warn' : 'error']({
      message: next ? 'event not delivered' : 'event given up',
      ...{ id: publicId({ uuid }), type, tries, status, error },
    });
  }
}
