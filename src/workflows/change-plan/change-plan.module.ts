import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { ChangePlanController } from './change-plan.controller.ts';
import { ChangePlan } from './change-plan.ts';

@Module({
  imports: [AuditModule, CustomersModule, OutboxModule, SubscriptionsModule],
  controllers: [ChangePlanController],
  providers: [ChangePlan],
})
export class ChangePlanModule {}
