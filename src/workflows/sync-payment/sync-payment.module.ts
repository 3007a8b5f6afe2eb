import { EventsModule } from '../../events/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { Reversals } from '../../payments/index.ts';
import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RefundsModule } from '../../refunds/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { SyncPayment } from './sync-payment.ts';

@Module({
  imports: [EventsModule, OutboxModule, SubscriptionsModule, ProvidersModule, PaymentsModule, RefundsModule, RecordOutcomeModule],
  providers: [SyncPayment, Reversals],
  exports: [SyncPayment],
})
export class SyncPaymentModule {}
