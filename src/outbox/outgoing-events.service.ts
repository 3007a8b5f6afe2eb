import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { type Page, pageOf, positionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import {
  type OutgoingEvent,
  type OutgoingEventStatus,
  PrismaService,
  statement,
  t,
  type Tx,
} from '../platform/database/index.ts';
import { uuidOf } from './payload.ts';
import { Sender } from './sender.ts';

export interface EventFilter {
  type?: string | undefined;
  status?: OutgoingEventStatus | undefined;
  subscriptionId?: string | undefined;
  orderId?: string | undefined;
}

// From the row as it is when it is written: a try of it may end at this very moment.
const MAKE_DUE = statement('outgoing-events.make-due', {
  params: { id: t.long, now: t.instant },
  row: {},
  sql: 'UPDATE outgoing_event SET next_try_at = :now, tries_before = tries WHERE id = :id',
});

const BACKLOG = statement('outgoing-events.backlog', {
  params: {},
  row: { pending: t.long, oldest: t.nullable(t.instant) },
  sql: `
    SELECT count(*) AS pending, min(created_at) FILTER (WHERE status = 'PENDING') AS oldest
    FROM outgoing_event WHERE next_try_at IS NOT NULL`,
});

/** Outgoing events as operators see them, and what they do about them. */
@Injectable()
export class OutgoingEvents {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly sender: Sender,
  ) {}

  async list<View>(
    { limit, cursor, ...where }: EventFilter & { limit: number; cursor?: string | undefined },
    view: (row: OutgoingEvent) => View,
  ): Promise<Page<View>> {
    const after = positionOf(cursor);
    if (after && !/^\d{1,18}$/.test(after.id))
      throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'cursor', message: 'not a cursor of this list' }] });
    const rows = await this.prisma.outgoingEvent.findMany({
      where: { ...definedOf(where), ...(after && { id: { lt: BigInt(after.id) } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ createdAt, id }) => ({ createdAt, id: String(id) }), view);
  }

  /** @throws Problem MESSAGE_NOT_FOUND */
  async get(id: string, tx: Tx = this.prisma): Promise<OutgoingEvent> {
    const uuid = uuidOf(id);
    const event = uuid && (await tx.outgoingEvent.findUnique({ where: { uuid } }));
    if (!event) throw new Problem('MESSAGE_NOT_FOUND');
    return event;
  }

  /**
   * Makes it due now, with its whole schedule before it. It stays what it is (delivered, failed, kept) until it is
   * delivered.
   *
   * @throws Problem MESSAGE_NOT_FOUND, NO_RECEIVER
   */
  async redeliver(tx: Tx, id: string): Promise<OutgoingEvent> {
    const event = await this.get(id, tx);
    if (!this.sender.hasReceiver) throw new Problem('NO_RECEIVER');
    await this.prisma.run(MAKE_DUE, { id: Number(event.id), now: this.clock.now() }, tx);
    return event;
  }

  /** What waits to be delivered. */
  async backlog(): Promise<{ pending: number; oldestSeconds: number }> {
    const [row] = await this.prisma.run(BACKLOG, {});
    const { pending, oldest } = row!;
    return { pending, oldestSeconds: oldest ? Math.max(0, this.clock.now().getTime() - oldest.getTime()) / 1000 : 0 };
  }
}

const definedOf = ({ type, status, subscriptionId, orderId }: EventFilter) => ({
  ...(type !== undefined && { type }),
  ...(status !== undefined && { status }),
  ...(subscriptionId !== undefined && { subscriptionId }),
  ...(orderId !== undefined && { orderId }),
});
