import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { Balance } from './balance.ts';
import { SubscriptionChanges } from './changes.service.ts';
import { SubscriptionGrants } from './grant.ts';
import { RenewalTerms } from './renewal-terms.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';
import { SubscriptionsService } from './subscriptions.service.ts';
import { SubscriptionTakeBacks } from './take-backs.service.ts';

@Module({
  imports: [AuditModule, OutboxModule, PlansModule],
  controllers: [SubscriptionsController],
  providers: [
    SubscriptionsService,
    Balance,
    RenewalTerms,
    SubscriptionGrants,
    SubscriptionChanges,
    SubscriptionTakeBacks,
  ],
  exports: [
    Balance,
    RenewalTerms,
    SubscriptionsService,
    SubscriptionGrants,
    SubscriptionChanges,
    SubscriptionTakeBacks,
  ],
})
export class SubscriptionsModule {}
