import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../invoices/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { PaymentHistoryController } from './payment-history.controller.ts';
import { PaymentHistory } from './payment-history.ts';

@Module({
  imports: [InvoicesModule, PaymentsModule],
  controllers: [PaymentHistoryController],
  providers: [PaymentHistory],
})
export class PaymentHistoryModule {}
