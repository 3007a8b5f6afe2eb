import { Module } from '@nestjs/common';
import { CustomersModule } from '../../customers/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { VoidPaymentModule } from '../void-payment/index.ts';
import { ChangesRepository } from './changes.repository.ts';
import { RecordOutcome } from './record-outcome.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [
    BeginAttemptModule,
    ProvidersModule,
    PaymentsModule,
    SubscriptionsModule,
    CustomersModule,
    VoidPaymentModule,
  ],
  providers: [ChangesRepository, RecordOutcome],
  exports: [ChangesRepository, RecordOutcome],
})
export class RecordOutcomeModule {}
