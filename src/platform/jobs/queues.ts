import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PrismaService, type Types } from '../database/index.ts';
import { Clock } from '../time/clock.ts';
import { LeaseQueue } from './lease-queue.ts';
import type { QueueDeclaration } from './queue-statements.ts';

/** Every queue of the program. */
@Injectable()
export class Queues implements OnModuleDestroy {
  private readonly opened = new Map<object, LeaseQueue<Types>>();
  private isStopping = false;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** The queue of a declaration, one for all who use it. */
  open<R extends Types>(declaration: QueueDeclaration<R>): LeaseQueue<R> {
    const opened = this.opened.get(declaration) as LeaseQueue<R> | undefined;
    if (opened) return opened;
    const queue = new LeaseQueue(declaration, this.prisma, this.clock, () => this.isStopping);
    this.opened.set(declaration, queue as unknown as LeaseQueue<Types>);
    return queue;
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(): Promise<void> {
    for (const queue of this.opened.values()) await queue.clockWentBack();
  }

  /** Before anything waits for the rounds under way: they claim no more. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }
}
