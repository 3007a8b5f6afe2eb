import { Injectable, Logger } from '@nestjs/common';
import type { Refund } from '../../platform/database/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import { RefundRepository } from '../../refunds/index.ts';
import { type Progress, RequestRefund } from './request-refund.ts';

/**
 * Brings every refund to its end, also where the program died that began it. What is due stands in the refund's own row
 * (`next_try_at`), so that any program that polls next takes it up.
 */
@Injectable()
export class RefundPoller {
  private readonly log = new Logger('refunds');

  constructor(
    private readonly clock: Clock,
    private readonly refunds: RefundRepository,
    private readonly requests: RequestRefund,
  ) {}

  /** Handles every refund that is due, until the provider does not answer. @returns how many ended */
  async sweep(): Promise<number> {
    for (let ended = 0; ;) {
      const refund = await this.refunds.claim(this.clock.now(), this.requests.leaseMs);
      if (!refund) return ended;
      const progress = await this.handle(refund);
      if (progress === 'silent') return ended;
      if (progress === 'ended') ended++;
    }
  }

  /** Handles one refund now. @returns null if its turn has not come, or another program is at work on it */
  async handleNow(id: string): Promise<Progress | null> {
    const refund = await this.refunds.claimOne(id, this.clock.now(), this.requests.leaseMs);
    return refund && this.handle(refund);
  }

  /** When the next one is due; null for none. */
  nextDue(): Promise<Date | null> {
    return this.refunds.nextDue();
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  clockWentBack(): Promise<void> {
    return this.refunds.clockWentBack(this.clock.now());
  }

  /** A refund that meets a defect must not hold up the others; its lease brings it back. */
  private async handle(refund: Refund): Promise<Progress> {
    try {
      return await this.requests.request(refund);
    } catch (error) {
      const { id: refundId, orderId } = refund;
      this.log.error({ message: 'a refund could not be handled', refundId, orderId, error: (error as Error).stack });
      return 'open';
    }
  }
}
