import { Injectable } from '@nestjs/common';
import { type Handled, type LeaseQueue, Queues } from '../../platform/jobs/index.ts';
import { REFUNDS_TO_REQUEST, RefundRepository } from '../../refunds/index.ts';
import type { Progress } from './refund-decisions.ts';
import { RequestRefund } from './request-refund.ts';

const LANES = 4;

const HANDLED: Record<Progress, Handled> = { ended: 'done', again: 'open', open: 'open', silent: 'silent' };

/**
 * Brings every refund to its end, also where the instance died that began it. What is due stands in the refund's own
 * row (`next_try_at`), so that any instance that polls next takes it up.
 */
@Injectable()
export class RefundPoller {
  private readonly queue: LeaseQueue<typeof REFUNDS_TO_REQUEST.source.row>;

  constructor(
    private readonly refunds: RefundRepository,
    private readonly requests: RequestRefund,
    queues: Queues,
  ) {
    this.queue = queues.open(REFUNDS_TO_REQUEST);
  }

  /** Handles every refund that is due, until the provider does not answer. @returns how many ended */
  sweep(): Promise<number> {
    const handle = async ({ id }: { id: string }) => HANDLED[await this.handle(id)];
    return this.queue.drain({ handle, leaseMs: this.requests.leaseMs, lanes: LANES });
  }

  /** Handles one refund now. @returns null if its turn has not come, or another instance is at work on it */
  async handleNow(id: string): Promise<Progress | null> {
    let progress: Progress = 'open';
    const handle = async () => HANDLED[(progress = await this.handle(id))];
    const handled = await this.queue.handleOne(id, { handle, leaseMs: this.requests.leaseMs });
    return handled && progress;
  }

  /** When the next one is due; null for none. */
  nextDue(): Promise<Date | null> {
    return this.queue.nextDue();
  }

  private async handle(id: string): Promise<Progress> {
    return this.requests.request(await this.refunds.find(id));
  }
}
