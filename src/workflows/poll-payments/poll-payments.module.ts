import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { RequestPaymentModule } from '../request-payment/index.ts';
import { VoidPaymentModule } from '../void-payment/index.ts';
import { PaymentPoller } from './payment-poller.ts';
import { ReadPayment } from './read-payment.ts';
import { ReadPaymentController } from './read-payment.controller.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [
    BeginAttemptModule,
    ProvidersModule,
    PaymentsModule,
    RequestPaymentModule,
    RecordOutcomeModule,
    VoidPaymentModule,
  ],
  controllers: [ReadPaymentController],
  providers: [PaymentPoller, ReadPayment],
  exports: [PaymentPoller],
})
export class PollPaymentsModule {}
