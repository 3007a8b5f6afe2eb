import { Injectable } from '@nestjs/common';
import { inBatches } from '../platform/database/batches.ts';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { DAY } from '../platform/time/duration.ts';

/**
 * An event is an entry of a subscription's timeline, too: a record of a contract and its payments, which a shop in
 * Korea keeps for 5 years (Enforcement Decree of the E-commerce Act, Article 6).
 */
const KEPT_FOR_MS = 5 * 366 * DAY;

// By id, which is the order they were written in, so that no other index is needed.
const DELETE_OLD = statement('outgoing-events.purge', {
  params: { before: t.instant, limit: t.long },
  row: { id: t.long },
  sql: `
    DELETE FROM outgoing_event WHERE created_at < :before AND next_try_at IS NULL
      AND id = ANY(ARRAY(SELECT id FROM outgoing_event WHERE next_try_at IS NULL ORDER BY id LIMIT :limit))
    RETURNING id`,
});

/** Deletes outgoing events when their time is over. One that waits to be delivered stays. */
@Injectable()
export class EventPurge {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** @returns how many */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_MS);
    return inBatches(async (limit) => (await this.prisma.run(DELETE_OLD, { before, limit })).length);
  }
}
