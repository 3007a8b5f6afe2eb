import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { PrismaService, type Types } from '../database/index.ts';
import { Clock } from '../time/clock.ts';
import { LeaseQueue } from './lease-queue.ts';
import type { QueueDeclaration } from './queue-statements.ts';

/** Every queue of the program. */
@Injectable()
export class Queues implements BeforeApplicationShutdown {
  private readonly opened: { clockWentBack(): Promise<void> }[] = [];
  private isStopping = false;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** To be called once per declared queue, by the service that works it off. */
  open<R extends Types>(declaration: QueueDeclaration<R>): LeaseQueue<R> {
    const queue = new LeaseQueue(declaration, this.prisma, this.clock, () => this.isStopping);
    this.opened.push(queue);
    return queue;
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(): Promise<void> {
    for (const queue of this.opened) await queue.clockWentBack();
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
  }
}
