import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../invoices/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { RefundPaymentModule } from '../refund-payment/index.ts';
import { ReverseDeposit } from './reverse-deposit.ts';

@Module({
  imports: [InvoicesModule, PaymentsModule, OutboxModule, RefundPaymentModule],
  providers: [ReverseDeposit],
  exports: [ReverseDeposit],
})
export class ReverseDepositModule {}
