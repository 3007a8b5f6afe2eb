import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.ts';
import { InvoicesModule } from '../invoices/index.ts';
import { TempOrderViewer } from './temp-order.view.ts';
import { TempOrdersController } from './temp-orders.controller.ts';
import { TempOrdersService } from './temp-orders.service.ts';

@Module({
  imports: [CustomersModule, InvoicesModule],
  controllers: [TempOrdersController],
  providers: [TempOrderViewer, TempOrdersService],
  exports: [TempOrderViewer, TempOrdersService],
})
export class TempOrdersModule {}
