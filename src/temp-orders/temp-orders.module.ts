import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.ts';
import { IdempotencyModule } from '../idempotency/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { SubscriptionsModule } from '../subscriptions/index.ts';
import { TempOrdersController } from './temp-orders.controller.ts';
import { TempOrdersService } from './temp-orders.service.ts';

@Module({
  imports: [CustomersModule, PlansModule, IdempotencyModule, SubscriptionsModule],
  controllers: [TempOrdersController],
  providers: [TempOrdersService],
  exports: [TempOrdersService],
})
export class TempOrdersModule {}
