import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { type OutgoingEvent, PrismaService, sql } from '../platform/database/index.ts';
import { payloadOf, publicId } from './payload.ts';
import { nextTryAt, Pace } from './schedule.ts';
import { type Answer, Sender } from './sender.ts';

/** Until then a try that was begun has ended, or its process has died and another may try. Three times what an answer may take. */
const LEASE_MS = 45_000;
/** A sweep gives way then; the next begins within a second, and whoever waits for this one need not wait for a whole backlog. */
const SWEEP_AT_MOST_MS = 5_000;

type Claimed = Pick<
  OutgoingEvent,
  'id' | 'uuid' | 'type' | 'userId' | 'subscriptionId' | 'orderId' | 'data' | 'createdAt' | 'tries' | 'triesBefore'
> & { lease: Date };

/**
 * A message waits until every earlier one about the same subscription, or the same payment, is delivered or given up. What is sent
 * once more, long after its turn, waits for nobody.
 */
const inTurn = sql`
  (mine.status <> 'PENDING' OR NOT EXISTS (
    SELECT FROM outgoing_event earlier WHERE earlier.subscription_id = mine.subscription_id AND earlier.status = 'PENDING' AND earlier.id < mine.id
  ) AND (mine.type NOT LIKE 'payment.%' OR NOT EXISTS (
    SELECT FROM outgoing_event earlier WHERE earlier.order_id = mine.order_id AND earlier.type LIKE 'payment.%' AND earlier.status = 'PENDING' AND earlier.id < mine.id)))`;

/**
 * Delivers what is due, at least once. What is due stands in the message's own row (`next_try_at`): claiming one puts it off, so
 * that of any number of programs one sends it, without a transaction open meanwhile, and if that one dies another will.
 */
@Injectable()
export class Deliverer implements BeforeApplicationShutdown {
  private readonly log = new Logger('outbox');
  private readonly pace = new Pace();
  private leaving = false;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly sender: Sender,
  ) {}

  /** Sends what is due, as fast as the receiver bears it. @returns how many were delivered */
  async sweep(): Promise<number> {
    if (!this.sender.hasReceiver) return 0;
    const startedAt = performance.now();
    let delivered = 0;
    while (!this.leaving && !this.pace.isQuiet(this.clock.now()) && performance.now() - startedAt < SWEEP_AT_MOST_MS) {
      const due = await this.claim(this.pace.atOnce);
      if (due.length === 0) break;
      const answers = await Promise.all(due.map((message) => this.deliver(message)));
      delivered += answers.filter(({ kind }) => kind === 'taken').length;
      if (answers.some(({ kind }) => kind === 'trouble')) this.pace.wentBadly(this.clock.now());
      else this.pace.wentWell();
    }
    return delivered;
  }

  /** When {@link sweep} next finds something to do; null for nothing. */
  async nextDue(): Promise<Date | null> {
    if (!this.sender.hasReceiver) return null;
    const [row] = await this.prisma.$queryRaw<{ due: Date }[]>(sql`
      SELECT next_try_at AS due FROM outgoing_event mine WHERE next_try_at IS NOT NULL AND ${inTurn} ORDER BY next_try_at, id LIMIT 1`);
    if (!row) return null;
    const { quietUntil } = this.pace;
    return quietUntil && quietUntil > row.due ? quietUntil : row.due;
  }

  /** Sends one that is due and in turn, whatever the receiver's mood: an operator asked for it. */
  async tryNow(id: bigint): Promise<void> {
    for (const message of await this.claim(1, sql`mine.id = ${id}`)) await this.deliver(message);
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(): Promise<void> {
    const now = this.clock.now();
    this.pace.quietUntil = null;
    await this.prisma.$executeRaw(
      sql`UPDATE outgoing_event SET next_try_at = LEAST(next_try_at, ${now}::timestamptz) WHERE next_try_at IS NOT NULL`,
    );
  }

  beforeApplicationShutdown(): void {
    this.leaving = true;
  }

  private async claim(atMost: number, which = sql`true`): Promise<Claimed[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + LEASE_MS);
    return this.prisma.$queryRaw<Claimed[]>(sql`
      UPDATE outgoing_event SET next_try_at = ${lease}::timestamptz, last_tried_at = ${now}::timestamptz, tries = tries + 1
      WHERE id = ANY(ARRAY(
        SELECT id FROM outgoing_event mine WHERE next_try_at <= ${now}::timestamptz AND ${which} AND ${inTurn}
        ORDER BY next_try_at, id LIMIT ${atMost} FOR UPDATE SKIP LOCKED))
      RETURNING id, uuid, type, user_id AS "userId", subscription_id AS "subscriptionId", order_id AS "orderId", data, created_at AS "createdAt",
        tries, tries_before AS "triesBefore", next_try_at AS lease`);
  }

  private async deliver(message: Claimed): Promise<Answer> {
    const answer = await this.sender.send(publicId(message), JSON.stringify(payloadOf(message)));
    if (answer.kind === 'taken') await this.taken(message, answer);
    else await this.notTaken(message, answer);
    return answer;
  }

  private async taken({ id, uuid, lease, type, tries }: Claimed, { status }: Answer): Promise<void> {
    const now = this.clock.now();
    // An operator may have asked for it to be sent again while it was on its way: that stands.
    await this.prisma.$executeRaw(sql`
      UPDATE outgoing_event SET status = 'DELIVERED', delivered_at = COALESCE(delivered_at, ${now}::timestamptz), last_status = ${status}::int, last_error = NULL,
        next_try_at = CASE WHEN next_try_at = ${lease}::timestamptz THEN NULL ELSE next_try_at END
      WHERE id = ${id}`);
    metrics.messageDeliveries.inc({ result: 'delivered' });
    this.log.log({ message: 'message delivered', id: publicId({ uuid }), type, tries });
  }

  private async notTaken(
    { id, uuid, lease, type, tries, triesBefore }: Claimed,
    { status, error }: Answer,
  ): Promise<void> {
    const next = nextTryAt(tries - triesBefore, this.clock.now(), Math.random());
    // Whoever took it over when the lease was over, and brought it, is right.
    await this.prisma.$executeRaw(sql`
      UPDATE outgoing_event SET last_status = ${status}::int, last_error = ${error}, next_try_at = ${next}::timestamptz,
        status = CASE WHEN ${next}::timestamptz IS NULL AND status <> 'DELIVERED' THEN 'FAILED' ELSE status END
      WHERE id = ${id} AND next_try_at = ${lease}::timestamptz`);
    metrics.messageDeliveries.inc({ result: next ? 'failed' : 'given_up' });
    this.log[next ? 'warn' : 'error']({
      message: next ? 'message not taken' : 'message given up',
      id: publicId({ uuid }),
      type,
      tries,
      status,
      error,
    });
  }
}
