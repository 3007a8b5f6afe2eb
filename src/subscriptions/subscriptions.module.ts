import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { Balance } from './balance.ts';
import { SubscriptionChanges } from './changes.service.ts';
import { ChargeDate } from './charge-date.ts';
import { RenewalTerms, SubscriptionGrants } from './legacy.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';
import { SubscriptionsService } from './subscriptions.service.ts';
import { SubscriptionTakeBacks } from './take-backs.service.ts';

@Module({
  imports: [AuditModule, OutboxModule, PlansModule],
  controllers: [SubscriptionsController],
  providers: [
    SubscriptionsService,
    Balance,
    ChargeDate,
    RenewalTerms,
    SubscriptionGrants,
    SubscriptionChanges,
    SubscriptionTakeBacks,
  ],
  exports: [
    Balance,
    ChargeDate,
    RenewalTerms,
    SubscriptionsService,
    SubscriptionGrants,
    SubscriptionChanges,
    SubscriptionTakeBacks,
  ],
})
export class SubscriptionsModule {}
