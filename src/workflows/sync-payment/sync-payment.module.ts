import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { RefundPaymentModule } from '../refund-payment/index.ts';
import { ReverseDepositModule } from '../reverse-deposit/index.ts';
import { SyncPayment } from './sync-payment.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [
    BeginAttemptModule,
    ProvidersModule,
    PaymentsModule,
    RecordOutcomeModule,
    RefundPaymentModule,
    ReverseDepositModule,
  ],
  providers: [SyncPayment],
  exports: [SyncPayment],
})
export class SyncPaymentModule {}
