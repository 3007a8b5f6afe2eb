import { Injectable } from '@nestjs/common';
import { BusinessTime } from '../common/business-time.ts';
import { Clock } from '../common/clock.ts';
import { type Page, pageOf, positionOf } from '../common/page.ts';
import { Problem } from '../common/problem.ts';
import { type Plan, Prisma, PrismaService, sql, type Subscription } from '../db/index.ts';

export type SubscriptionWithPlan = Subscription & { plan: Plan };

/** Small enough that a buyer never waits behind the job for longer than a blink. */
const EXPIRE_AT_ONCE = 1_000;

@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly time: BusinessTime,
  ) {}

  async list<View>(filter: { userId?: string | undefined; limit: number; cursor?: string | undefined }, view: (row: SubscriptionWithPlan) => View): Promise<Page<View>> {
    const after = positionOf(filter.cursor);
    const rows = await this.prisma.subscription.findMany({
      where: {
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(after && { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: filter.limit + 1,
      include: { plan: true },
    });
    return pageOf(rows, filter.limit, (row) => row, view);
  }

  /** @throws Problem SUBSCRIPTION_NOT_FOUND, also for somebody else's when narrowed to `userId` */
  async get(id: string, userId?: string): Promise<SubscriptionWithPlan> {
    return this.one({ id, ...(userId !== undefined && { userId }) });
  }

  /** The one that is live. @throws Problem SUBSCRIPTION_NOT_FOUND */
  async current(userId: string): Promise<SubscriptionWithPlan> {
    return this.one({ userId, isActive: true });
  }

  /** The one that an order paid into, if it paid into any. */
  async paidBy(orderId: string): Promise<SubscriptionWithPlan | null> {
    return this.prisma.subscription.findFirst({ where: { periods: { some: { orderId } } }, include: { plan: true } });
  }

  /**
   * Stops (or restores) what would happen at the period's end.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED
   */
  async setCancelAtPeriodEnd(id: string, cancelAtPeriodEnd: boolean, userId?: string): Promise<SubscriptionWithPlan> {
    const { count } = await this.prisma.subscription.updateMany({
      where: { id, isActive: true, ...(userId !== undefined && { userId }) },
      data: { cancelAtPeriodEnd },
    });
    const subscription = await this.get(id, userId);
    if (count === 0) throw new Problem('SUBSCRIPTION_ENDED');
    return subscription;
  }

  /**
   * Ends what ran out before the midnight that began this day in Seoul. By end date, never by "is it today", so nothing is
   * missed after an outage; in short statements that several programs may run at once.
   *
   * @returns how many ended
   */
  async expire(): Promise<number> {
    const midnight = this.time.startOfDay(this.clock.now());
    for (let ended = 0; ; ) {
      const batch = await this.prisma.$executeRaw(sql`
        UPDATE subscription SET is_active = false
        WHERE id = ANY(ARRAY(
          SELECT id FROM subscription WHERE is_active AND end_date <= ${midnight}::timestamptz
          ORDER BY end_date LIMIT ${EXPIRE_AT_ONCE} FOR UPDATE SKIP LOCKED))`);
      ended += batch;
      if (batch < EXPIRE_AT_ONCE) return ended;
    }
  }

  private async one(where: Prisma.SubscriptionWhereInput): Promise<SubscriptionWithPlan> {
    const subscription = await this.prisma.subscription.findFirst({ where, include: { plan: true } });
    if (!subscription) throw new Problem('SUBSCRIPTION_NOT_FOUND');
    return subscription;
  }
}
