import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../invoices/index.ts';
import { PlansModule } from '../../catalog/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { IdempotencyModule } from '../../idempotency/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { PaymentMethodsModule } from '../../payment-methods/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { ChargeCardModule } from '../charge-card/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { BeginTrial } from './begin-trial.ts';
import { Subscribe } from './subscribe.ts';
import { SubscribeController } from './subscribe.controller.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [
    InvoicesModule,
    BeginAttemptModule,
    PlansModule,
    CustomersModule,
    PaymentMethodsModule,
    PaymentsModule,
    SubscriptionsModule,
    OutboxModule,
    IdempotencyModule,
    ChargeCardModule,
    RecordOutcomeModule,
  ],
  controllers: [SubscribeController],
  providers: [BeginTrial, Subscribe],
})
export class SubscribeModule {}
