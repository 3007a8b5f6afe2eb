import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { Balance } from './balance.ts';
import { SubscriptionChanges } from './changes.service.ts';
import { ChargeDate } from './charge-date.ts';
import { RenewalTerms, SubscriptionGrants } from './legacy.ts';
import { SubscriptionRepository } from './subscription.repository.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';
import { SubscriptionsService } from './subscriptions.service.ts';
import { Revocations } from './revocations.service.ts';

@Module({
  imports: [AuditModule, OutboxModule, PlansModule],
  controllers: [SubscriptionsController],
  providers: [
    SubscriptionRepository,
    SubscriptionsService,
    Balance,
    ChargeDate,
    RenewalTerms,
    SubscriptionGrants,
    SubscriptionChanges,
    Revocations,
  ],
  exports: [
    Balance,
    ChargeDate,
    RenewalTerms,
    SubscriptionsService,
    SubscriptionGrants,
    SubscriptionChanges,
    Revocations,
  ],
})
export class SubscriptionsModule {}
