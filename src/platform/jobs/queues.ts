import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PrismaService, type Types } from '../database/index.ts';
import { Clock } from '../time/clock.ts';
import { LeaseQueue } from './lease-queue.ts';
import type { QueueDeclaration } from './queue-statements.ts';

interface Rewound {
  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  clockWentBack(): Promise<void>;
}

/** Every queue of the program. */
@Injectable()
export class Queues implements OnModuleDestroy {
  private readonly opened: Rewound[] = [];
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

  /** For what keeps due times by itself. */
  rewind(...others: Rewound[]): void {
    this.opened.push(...others);
  }

  async clockWentBack(): Promise<void> {
    for (const queue of this.opened) await queue.clockWentBack();
  }

  /** Before anything waits for the rounds under way: they claim no more. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }
}
