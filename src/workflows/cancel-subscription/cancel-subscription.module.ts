import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { CancelSubscriptionController } from './cancel-subscription.controller.ts';
import { CancelSubscription } from './cancel-subscription.ts';

@Module({
  imports: [PaymentsModule, AuditModule, CustomersModule, OutboxModule, SubscriptionsModule],
  controllers: [CancelSubscriptionController],
  providers: [CancelSubscription],
})
export class CancelSubscriptionModule {}
