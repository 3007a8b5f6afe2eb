import { Injectable } from '@nestjs/common';
import { inBatches } from '../platform/database/batches.ts';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, sql } from '../platform/database/index.ts';

/**
 * A message is an entry of a subscription's timeline, too: a record of a contract and its payments, which a shop in
 * Korea keeps for 5 years (Enforcement Decree of the E-commerce Act, Article 6).
 */
const KEPT_FOR_MS = 5 * 366 * 24 * 3_600_000;

/** Deletes messages that are of no more use. One that waits to be delivered stays. */
@Injectable()
export class MessagePurge {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** By id, which is the order they were written in, so that no other index is needed. @returns how many */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_MS);
    return inBatches((limit) =>
      this.prisma.$executeRaw(sql`
        DELETE FROM outgoing_event WHERE created_at < ${before}::timestamptz AND next_try_at IS NULL
          AND id = ANY(ARRAY(SELECT id FROM outgoing_event WHERE next_try_at IS NULL ORDER BY id LIMIT ${limit}))`),
    );
  }
}
