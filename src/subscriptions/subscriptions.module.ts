import { Module } from '@nestjs/common';
import { OutboxModule } from '../outbox/index.ts';
import { PlansModule } from '../plans/index.ts';
import { SubscriptionChanges } from './changes.service.ts';
import { SubscriptionGrants } from './grant.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

@Module({
  imports: [OutboxModule, PlansModule],
  controllers: [SubscriptionsController],
  providers: [SubscriptionsService, SubscriptionGrants, SubscriptionChanges],
  exports: [SubscriptionsService, SubscriptionGrants, SubscriptionChanges],
})
export class SubscriptionsModule {}
