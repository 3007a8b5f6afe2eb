import { Module } from '@nestjs/common';
import { PlansModule } from '../../catalog/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { IdempotencyModule } from '../../idempotency/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { InvoicesModule } from '../../invoices/index.ts';
import { TempOrdersModule } from '../../temp-orders/index.ts';
import { PlaceOrderController } from './place-order.controller.ts';
import { PlaceOrder } from './place-order.ts';

@Module({
  imports: [CustomersModule, IdempotencyModule, InvoicesModule, PlansModule, SubscriptionsModule, TempOrdersModule],
  controllers: [PlaceOrderController],
  providers: [PlaceOrder],
})
export class PlaceOrderModule {}
