import { Injectable } from '@nestjs/common';
import { CustomersService } from '../../customers/index.ts';
import { Outbox } from '../../outbox/index.ts';
import { PrismaService, type Subscription, type Tx } from '../../platform/database/index.ts';
import { enqueue } from '../../platform/jobs/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import { cardRemoved, cardReplaced, SubscriptionRepository } from '../../subscriptions/index.ts';

/** The job that charges what is due. */
const RENEW = 'renew-subscriptions';

/** What a change of cards means for the subscription that renews from them. In the caller's transaction. */
@Injectable()
export class CardMoves {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly customers: CustomersService,
    private readonly subscriptions: SubscriptionRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Locks what cards and subscriptions of a user are decided by. */
  async lock(tx: Tx, userId: string): Promise<void> {
    await this.customers.lock(tx, userId);
  }

  /**
   * What renews, or should, renews from another card; what is past due is charged at once.
   *
   * @param from the card that it must renew from; undefined: any, or none while it is past due
   */
  async moveTo(tx: Tx, userId: string, cardId: string, from?: string): Promise<void> {
    const before = await this.subscriptions.lockLive(tx, userId);
    if (!before || before.paymentMethodId === cardId) return;
    const renews = before.paymentMethodId !== null || before.pastDueSince !== null;
    if (from === undefined ? !renews : before.paymentMethodId !== from) return;
    await this.save(tx, before, cardReplaced(before, cardId, this.clock.now()));
    const changed = { type: 'subscription.card_changed' as const, data: { billingKeyId: cardId } };
    await this.outbox.write(tx, [{ ...changed, userId, subscriptionId: before.id }], this.clock.now());
  }

  /** Without a card nothing is charged, and the subscription ends with its period, or its grace. */
  async takeOff(tx: Tx, cardId: string): Promise<void> {
    for (const before of await this.subscriptions.lockOfCard(tx, cardId)) {
      await this.subscriptions.save(tx, before, cardRemoved(before));
      const { id: subscriptionId, userId, isActive, endDate } = before;
      if (!isActive) continue;
      const removed = { type: 'subscription.card_removed' as const, data: { endDate } };
      await this.outbox.write(tx, [{ ...removed, userId, subscriptionId }], this.clock.now());
    }
  }

  /** Writes a subscription that has another card; the one that is past due is charged at once. */
  async save(tx: Tx, before: Subscription, after: Subscription): Promise<void> {
    await this.subscriptions.save(tx, before, after);
    if (after.pastDueSince !== null) await enqueue(this.prisma, tx, RENEW);
  }
}
