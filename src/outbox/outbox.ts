import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { outboxConfig } from '../config-namespaces.ts';
import { PrismaService, type Tx } from '../platform/database/index.ts';
import type { NewEvent } from './event-catalogue.ts';
import { eventRows, WRITE_EVENTS } from './event-rows.ts';

/** Writes outgoing events, in the transaction that makes them happen: one is never there without the other. */
@Injectable()
export class Outbox {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(outboxConfig.KEY) private readonly config: ConfigType<typeof outboxConfig>,
  ) {}

  /**
   * Writes events in one statement. To keep their order, the transaction must have locked the subscription or the
   * payment that they are about before.
   */
  async write(tx: Tx, events: readonly NewEvent[], now: Date): Promise<void> {
    if (events.length === 0) return;
    await this.prisma.run(WRITE_EVENTS, { events: eventRows(events, now, this.config) }, tx);
  }
}
