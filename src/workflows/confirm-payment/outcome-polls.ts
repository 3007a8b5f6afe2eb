import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../platform/database/index.ts';

const POLL_INTERVAL_MS = { first: 25, max: 500 };

/**
 * Waits for the outcome of an order that another request confirms: one poll of the database for all who wait for the
 * same order.
 */
@Injectable()
export class OutcomePolls {
  private readonly polls = new Map<string, Promise<boolean>>();

  constructor(private readonly prisma: PrismaService) {}

  /**
   * @param deadline by `performance.now()`; those who join wait no longer than the first one does
   * @returns false when the outcome is unknown, or is not there by then
   */
  outcomeKnown(orderId: string, deadline: number): Promise<boolean> {
    const underWay = this.polls.get(orderId);
    if (underWay) return underWay;
    const poll = this.poll(orderId, deadline).finally(() => this.polls.delete(orderId));
    this.polls.set(orderId, poll);
    return poll;
  }

  private async poll(orderId: string, deadline: number): Promise<boolean> {
    for (
      let pause = POLL_INTERVAL_MS.first;
      performance.now() < deadline;
      pause = Math.min(pause * 2, POLL_INTERVAL_MS.max)
    ) {
      const payment = await this.prisma.payment.findUnique({
        where: { orderId },
        select: { status: true, attemptCount: true },
      });
      if (payment?.status !== 'PENDING') return true;
      const attempt = await this.prisma.paymentAttempt.findUnique({
        where: { orderId_number: { orderId, number: payment.attemptCount } },
        select: { outcome: true },
      });
      if (attempt?.outcome === 'UNKNOWN') return false;
      await sleep(pause);
    }
    return false;
  }
}
