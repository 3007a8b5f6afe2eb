import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.ts';
import { TempOrderRepository } from './temp-order.repository.ts';
import { TempOrderViewer } from './temp-order.view.ts';
import { TempOrdersController } from './temp-orders.controller.ts';
import { TempOrdersService } from './temp-orders.service.ts';

@Module({
  imports: [CustomersModule],
  controllers: [TempOrdersController],
  providers: [TempOrderRepository, TempOrderViewer, TempOrdersService],
  exports: [TempOrderRepository, TempOrderViewer, TempOrdersService],
})
export class TempOrdersModule {}
