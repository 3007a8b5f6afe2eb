import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { CustomersModule } from '../customers/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { ChargeDate } from './charge-date.ts';
import { ConsentsController } from './consents.controller.ts';
import { Consents } from './consents.service.ts';
import { PeriodEnds } from './period-ends.service.ts';
import { PlanQuotes } from './plan-quotes.service.ts';
import { RenewalNotices } from './renewal-notices.ts';
import { RenewalSwitch } from './renewal-switch.ts';
import { RenewalRepository } from './renewal.repository.ts';
import { SubscriptionRepository } from './subscription.repository.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';
import { SubscriptionsService } from './subscriptions.service.ts';
import { Revocations } from './revocations.service.ts';

const SERVICES = [
  ...[SubscriptionsService, SubscriptionRepository, ChargeDate, PeriodEnds, PlanQuotes, Consents],
  ...[RenewalRepository, RenewalNotices, RenewalSwitch, Revocations],
];

@Module({
  imports: [AuditModule, CustomersModule, OutboxModule, PlansModule],
  controllers: [SubscriptionsController, ConsentsController],
  providers: SERVICES,
  exports: SERVICES,
})
export class SubscriptionsModule {}
