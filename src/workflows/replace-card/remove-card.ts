import { Injectable, Logger } from '@nestjs/common';
import { CardsOnFile, PaymentMethodRepository, PaymentMethodsService } from '../../payment-methods/index.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import { CardMoves } from './card-moves.ts';

/** Takes a card off file. */
@Injectable()
export class RemoveCard {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly cards: CardsOnFile,
    private readonly methods: PaymentMethodsService,
    private readonly repository: PaymentMethodRepository,
    private readonly moves: CardMoves,
  ) {}

  /**
   * Takes a card off file: at the provider first, then here, so that no card is forgotten that can still be charged.
   * What renewed from it renews from another card, or ends with its period.
   *
   * @param replaceWith the card from which what this one renewed renews from now on
   * @throws Problem BILLING_KEY_NOT_FOUND, PAYMENT_IN_PROGRESS, PROVIDER_MISCONFIGURED, PROVIDER_UNAVAILABLE (the card
   * stays on file)
   */
  async remove(id: string, userId: string, replaceWith?: string): Promise<void> {
    await this.cards.usable(id, userId);
    if (replaceWith === id) throw mustBeAnotherCard();
    if (replaceWith !== undefined) await this.cards.usable(replaceWith, userId);
    // The outcome of a charge that is under way could not be found out without its card.
    const underWay = { paymentMethodId: id, status: 'PENDING', stoppedAt: null } as const;
    if ((await this.prisma.payment.count({ where: underWay })) > 0) throw new Problem('PAYMENT_IN_PROGRESS');
    if (replaceWith !== undefined) await this.replace(id, userId, replaceWith);
    await this.methods.deleteAtProvider(id);
    await this.forget(id, userId);
    this.log.log({ message: 'card taken off file', cardId: id });
  }

  /**
   * The provider reports that it deleted a billing key. It shows none, so the key itself is the proof: only the
   * provider and the program know it.
   *
   * @returns false for one that is not ours, or was taken off file before
   */
  async deletedByProvider(billingKey: string): Promise<boolean> {
    const card = await this.methods.findByBillingKey(billingKey);
    if (card?.status !== 'ACTIVE') return false;
    await this.forget(card.id, card.userId);
    this.log.warn({ message: 'the provider deleted a card that was on file', cardId: card.id });
    return true;
  }

  private async replace(id: string, userId: string, replaceWith: string): Promise<void> {
    await this.prisma.atomically(async (tx) => {
      await this.moves.lock(tx, userId);
      await this.cards.usable(replaceWith, userId, tx);
      await this.moves.moveTo(tx, userId, replaceWith, id);
    });
  }

  private async forget(id: string, userId: string): Promise<void> {
    await this.prisma.atomically(async (tx) => {
      await this.moves.lock(tx, userId);
      if (await this.repository.forget(tx, id, this.clock.now())) await this.moves.takeOff(tx, id);
    });
  }
}

function mustBeAnotherCard(): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'replaceWith', message: 'must be another card' }] });
}
