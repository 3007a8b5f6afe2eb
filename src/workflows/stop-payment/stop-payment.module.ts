import { Module } from '@nestjs/common';
import { CustomersModule } from '../../customers/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { StopPayment } from './stop-payment.ts';
import { StopPaymentController } from './stop-payment.controller.ts';

@Module({
  imports: [PaymentsModule, CustomersModule],
  controllers: [StopPaymentController],
  providers: [StopPayment],
})
export class StopPaymentModule {}
