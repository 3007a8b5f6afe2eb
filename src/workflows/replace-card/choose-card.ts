import { Injectable } from '@nestjs/common';
import { CardsOnFile } from '../../payment-methods/index.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  cardChosen,
  ChargeDate,
  SubscriptionRepository,
  SubscriptionsService,
  type SubscriptionWithPlan,
} from '../../subscriptions/index.ts';
import { CardMoves } from './card-moves.ts';

/** Has a subscription renew from a card on file. */
@Injectable()
export class ChooseCard {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly cards: CardsOnFile,
    private readonly subscriptions: SubscriptionsService,
    private readonly repository: SubscriptionRepository,
    private readonly chargeDate: ChargeDate,
    private readonly moves: CardMoves,
  ) {}

  /**
   * Has a subscription renew from a card; what is past due is charged at once. One that did not renew itself does so
   * from now on, as it was agreed when it was bought.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, BILLING_KEY_NOT_FOUND
   */
  async renewFrom(id: string, cardId: string, userId: string): Promise<SubscriptionWithPlan> {
    await this.subscriptions.get(id, userId);
    await this.prisma.atomically(async (tx) => {
      await this.moves.lock(tx, userId);
      const before = (await this.repository.lock(tx, id))!;
      if (!before.isActive) throw new Problem('SUBSCRIPTION_ENDED');
      await this.cards.usable(cardId, userId, tx);
      const chargeAt = this.chargeDate.of(before.endDate);
      await this.moves.save(tx, before, cardChosen(before, cardId, chargeAt, this.clock.now()));
    });
    return this.subscriptions.get(id, userId);
  }
}
