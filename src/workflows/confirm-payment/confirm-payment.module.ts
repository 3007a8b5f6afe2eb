import { Module } from '@nestjs/common';
import { PlansModule } from '../../catalog/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { PollPaymentsModule } from '../poll-payments/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { RequestPaymentModule } from '../request-payment/index.ts';
import { ConfirmPayment } from './confirm-payment.ts';
import { ConfirmPaymentController } from './confirm-payment.controller.ts';
import { FollowPayment } from './follow-payment.ts';
import { FreeOrders } from './free-orders.ts';
import { OutcomePolls } from './outcome-polls.ts';
import { RedirectsController } from './redirects.controller.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [
    BeginAttemptModule,
    PaymentsModule,
    PlansModule,
    SubscriptionsModule,
    CustomersModule,
    RequestPaymentModule,
    RecordOutcomeModule,
    PollPaymentsModule,
  ],
  controllers: [RedirectsController, ConfirmPaymentController],
  providers: [ConfirmPayment, FollowPayment, FreeOrders, OutcomePolls],
})
export class ConfirmPaymentModule {}
