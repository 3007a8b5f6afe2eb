import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { type Page, pageOf, positionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import {
  type OutgoingEvent,
  type OutgoingEventStatus,
  PrismaService,
  sql,
  type Tx,
} from '../platform/database/index.ts';
import { uuidOf } from './payload.ts';
import { Sender } from './sender.ts';

export interface MessageFilter {
  type?: string | undefined;
  status?: OutgoingEventStatus | undefined;
  subscriptionId?: string | undefined;
  orderId?: string | undefined;
}

/** What operators see of the messages, and what they may ask of them. */
@Injectable()
export class Messages {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly sender: Sender,
  ) {}

  async list<View>(
    { limit, cursor, ...where }: MessageFilter & { limit: number; cursor?: string | undefined },
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
    const message = uuid && (await tx.outgoingEvent.findUnique({ where: { uuid } }));
    if (!message) throw new Problem('MESSAGE_NOT_FOUND');
    return message;
  }

  /**
   * Makes it due now, with its whole schedule before it. It stays what it is (delivered, failed, kept) until it is delivered.
   *
   * @throws Problem MESSAGE_NOT_FOUND, NO_RECEIVER
   */
  async redeliver(tx: Tx, id: string): Promise<OutgoingEvent> {
    const message = await this.get(id, tx);
    if (!this.sender.hasReceiver) throw new Problem('NO_RECEIVER');
    // From the row as it is when it is written: a try of it may end at this very moment.
    await tx.$executeRaw(
      sql`UPDATE outgoing_event SET next_try_at = ${this.clock.now()}::timestamptz, tries_before = tries WHERE id = ${message.id}`,
    );
    return message;
  }

  /** What waits to be delivered. */
  async backlog(): Promise<{ pending: number; oldestSeconds: number }> {
    const [row] = await this.prisma.$queryRaw<{ pending: number; oldest: Date | null }[]>(sql`
      SELECT count(*)::int AS pending, min(created_at) FILTER (WHERE status = 'PENDING') AS oldest FROM outgoing_event WHERE next_try_at IS NOT NULL`);
    const { pending, oldest } = row!;
    return { pending, oldestSeconds: oldest ? Math.max(0, this.clock.now().getTime() - oldest.getTime()) / 1000 : 0 };
  }
}

const definedOf = ({ type, status, subscriptionId, orderId }: MessageFilter) => ({
  ...(type !== undefined && { type }),
  ...(status !== undefined && { status }),
  ...(subscriptionId !== undefined && { subscriptionId }),
  ...(orderId !== undefined && { orderId }),
});
