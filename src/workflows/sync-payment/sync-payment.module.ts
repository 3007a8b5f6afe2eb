import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RefundsModule } from '../../refunds/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { SyncPayment } from './sync-payment.ts';

@Module({
  imports: [ProvidersModule, PaymentsModule, RefundsModule, RecordOutcomeModule],
  providers: [SyncPayment],
  exports: [SyncPayment],
})
export class SyncPaymentModule {}
