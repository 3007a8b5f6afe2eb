import { Injectable } from '@nestjs/common';
import { type Plan, PlansService } from '../catalog/index.ts';
import {
  type Prisma,
  PrismaService,
  type Subscription,
  type SubscriptionPeriod,
  type SubscriptionStatus,
  type Tx,
} from '../platform/database/index.ts';
import { olderThan, type Position } from '../platform/page.ts';
import type { Grant } from './grant.ts';
import type { CurrentSubscription } from './purchase.ts';
import { INSERT, INSERT_PERIOD, LOCK, LOCK_LIVE, LOCK_OF_CARD, SAVE, SAVE_PERIODS } from './subscription.statements.ts';

export type SubscriptionWithPlan = Subscription & { plan: Plan };

/** Reads and writes subscriptions and their periods. */
@Injectable()
export class SubscriptionRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly plans: PlansService,
  ) {}

  /** @param userId whose it must be; undefined: any user's */
  find(id: string, userId?: string): Promise<SubscriptionWithPlan | null> {
    return this.first({ id, ...(userId !== undefined && { userId }) });
  }

  /** The one of a user that is live. */
  findLive(userId: string): Promise<SubscriptionWithPlan | null> {
    return this.first({ userId, isActive: true });
  }

  /** The one that an order paid into, if it paid into any. */
  paidBy(orderId: string): Promise<SubscriptionWithPlan | null> {
    return this.first({ periods: { some: { orderId } } });
  }

  /** The one of a user that is live, with its periods that are neither voided nor over, in order. */
  async current(userId: string, now: Date, tx: Tx = this.prisma): Promise<CurrentSubscription | null> {
    const found = await tx.subscription.findFirst({
      where: { userId, isActive: true },
      include: { periods: { where: { voidedAt: null, endsAt: { gt: now } }, orderBy: { startsAt: 'asc' } } },
    });
    if (!found) return null;
    const { periods, ...subscription } = found;
    return { subscription, periods };
  }

  /** Newest first; one more than `limit` where there are more. */
  async list(
    filter: { userId?: string | undefined; status?: SubscriptionStatus | undefined; limit: number },
    after: Position | undefined,
  ): Promise<SubscriptionWithPlan[]> {
    const rows = await this.prisma.subscription.findMany({
      where: {
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(filter.status !== undefined && { status: filter.status }),
        ...(after && olderThan(after, 'id')),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: filter.limit + 1,
    });
    return this.plans.withPlans(rows);
  }

  /** All periods of one, in order; voided ones too. */
  periods(id: string, tx: Tx = this.prisma): Promise<SubscriptionPeriod[]> {
    return tx.subscriptionPeriod.findMany({
      where: { subscriptionId: id },
      orderBy: [{ startsAt: 'asc' }, { createdAt: 'asc' }],
    });
  }

  /** When a charge was last announced to the buyer. null: never */
  async announcedChargeAt(tx: Tx, id: string): Promise<Date | null> {
    const notice = await tx.outgoingEvent.findFirst({
      where: { subscriptionId: id, type: 'subscription.renewal_upcoming' },
      orderBy: { id: 'desc' },
    });
    const { chargeAt } = (notice?.data ?? {}) as { chargeAt?: string };
    return chargeAt === undefined ? null : new Date(chargeAt);
  }

  /** Locks one until the transaction ends, and reads it as it is then. */
  async lock(tx: Tx, id: string): Promise<Subscription | null> {
    const [row] = await this.prisma.run(LOCK, { id }, tx);
    return row ?? null;
  }

  /** Locks the one of a user that is live. */
  async lockLive(tx: Tx, userId: string): Promise<Subscription | null> {
    const [row] = await this.prisma.run(LOCK_LIVE, { userId }, tx);
    return row ?? null;
  }

  /** Locks those that renew, or renewed, from a card. */
  lockOfCard(tx: Tx, paymentMethodId: string): Promise<Subscription[]> {
    return this.prisma.run(LOCK_OF_CARD, { paymentMethodId }, tx);
  }

  /**
   * Writes what a transition made of a row. A transition that changed nothing writes nothing.
   *
   * @throws a violation of `subscription_version` where it has changed since it was read
   */
  async save(tx: Tx, before: Subscription, after: Subscription): Promise<void> {
    await this.saveAll(tx, [{ before, after }]);
  }

  /** The same of many, in one statement: all of them, or none. */
  async saveAll(tx: Tx, changes: readonly { before: Subscription; after: Subscription }[]): Promise<void> {
    const rows = changes.filter(({ before, after }) => after !== before).map(({ after }) => after);
    // By their ids too, so that no plan scans the table for them.
    if (rows.length > 0) await this.prisma.run(SAVE, { ids: rows.map(({ id }) => id), rows }, tx);
  }

  /** Writes granted time; the balance and the event are the caller's. @throws as {@link save} does */
  async saveGrant(tx: Tx, { subscription: { before, after }, period, endedPeriods }: Grant): Promise<void> {
    if (before) await this.save(tx, before, after);
    else await this.prisma.run(INSERT, { rows: [after] }, tx);
    await this.prisma.run(INSERT_PERIOD, { rows: [period] }, tx);
    await this.savePeriods(tx, endedPeriods);
  }

  /** Writes periods as they are now. */
  async savePeriods(tx: Tx, periods: readonly SubscriptionPeriod[]): Promise<void> {
    if (periods.length > 0) await this.prisma.run(SAVE_PERIODS, { rows: periods }, tx);
  }

  private async first(where: Prisma.SubscriptionWhereInput): Promise<SubscriptionWithPlan | null> {
    const found = await this.prisma.subscription.findFirst({ where });
    return found && { ...found, plan: await this.plans.get(found.planId) };
  }
}
