import { Module } from '@nestjs/common';
import { CustomersModule } from '../../customers/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { PaymentMethodsModule } from '../../payment-methods/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { CardMoves } from './card-moves.ts';
import { CardRedirectsController } from './card-redirects.controller.ts';
import { CardsController } from './cards.controller.ts';
import { ChooseCardController } from './choose-card.controller.ts';
import { ChooseCard } from './choose-card.ts';
import { RegisterCard } from './register-card.ts';
import { RemoveCard } from './remove-card.ts';

@Module({
  imports: [CustomersModule, OutboxModule, PaymentMethodsModule, SubscriptionsModule],
  controllers: [CardRedirectsController, CardsController, ChooseCardController],
  providers: [CardMoves, RegisterCard, RemoveCard, ChooseCard],
  exports: [RemoveCard],
})
export class ReplaceCardModule {}
