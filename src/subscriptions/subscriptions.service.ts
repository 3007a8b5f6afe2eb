import { Injectable } from '@nestjs/common';
import {
  type OutgoingEvent,
  PrismaService,
  type Subscription,
  type SubscriptionPeriod,
  type SubscriptionStatus,
} from '../platform/database/index.ts';
import { type Page, pageOf, positionOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { Clock } from '../platform/time/clock.ts';
import { PeriodEnds } from './period-ends.service.ts';
import { SubscriptionRepository, type SubscriptionWithPlan } from './subscription.repository.ts';

/** Reads subscriptions as they are at this moment. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly repository: SubscriptionRepository,
    private readonly periodEnds: PeriodEnds,
  ) {}

  async list<View>(
    filter: {
      userId?: string | undefined;
      status?: SubscriptionStatus | undefined;
      limit: number;
      cursor?: string | undefined;
    },
    view: (row: SubscriptionWithPlan) => View,
  ): Promise<Page<View>> {
    const rows = await this.repository.list(filter, uuidPositionOf(filter.cursor));
    if (await this.switchOverdue(rows)) return this.list(filter, view);
    return pageOf(rows, filter.limit, (row) => row, view);
  }

  /** @throws Problem SUBSCRIPTION_NOT_FOUND, also for another user's when narrowed to `userId` */
  get(id: string, userId?: string): Promise<SubscriptionWithPlan> {
    return this.one(() => this.repository.find(id, userId));
  }

  /** The one that is live. @throws Problem SUBSCRIPTION_NOT_FOUND */
  current(userId: string): Promise<SubscriptionWithPlan> {
    return this.one(() => this.repository.findLive(userId));
  }

  /** The one that an order paid into, if it paid into any. */
  paidBy(orderId: string): Promise<SubscriptionWithPlan | null> {
    return this.repository.paidBy(orderId);
  }

  /** Its periods with their orders, in order; voided ones too. */
  periods(id: string): Promise<SubscriptionPeriod[]> {
    return this.repository.periods(id);
  }

  /** What happened to it, oldest first. */
  async timeline<View>(
    id: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    view: (row: OutgoingEvent) => View,
  ): Promise<Page<View>> {
    const after = positionOf(cursor, /^\d{1,18}$/);
    const rows = await this.prisma.outgoingEvent.findMany({
      where: { subscriptionId: id, ...(after && { id: { gt: BigInt(after.id) } }) },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    return pageOf(rows, limit, (row) => ({ createdAt: row.createdAt, id: String(row.id) }), view);
  }

  private async one(read: () => Promise<SubscriptionWithPlan | null>): Promise<SubscriptionWithPlan> {
    const subscription = await read();
    if (!subscription) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    return (await this.switchOverdue([subscription])) ? this.one(read) : subscription;
  }

  /**
   * A period of another plan may have begun a moment ago, before its job ran.
   *
   * @returns whether any row has to be read again
   */
  private async switchOverdue(rows: readonly Subscription[]): Promise<boolean> {
    const now = this.clock.now();
    const isOverdue = ({ isActive, switchAt }: Subscription) => isActive && switchAt !== null && switchAt <= now;
    return rows.some(isOverdue) && (await this.periodEnds.switchPlans()) > 0;
  }
}
