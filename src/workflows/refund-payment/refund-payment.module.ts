import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../invoices/index.ts';
import { AuditModule } from '../../audit/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { EventsModule } from '../../events/index.ts';
import { IdempotencyModule } from '../../idempotency/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RefundsModule } from '../../refunds/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { BeginRefund } from './begin-refund.ts';
import { GiveUpRefund } from './give-up-refund.ts';
import { RecordRefunds } from './record-refunds.ts';
import { RefundDecisions } from './refund-decisions.ts';
import { RefundPaymentController } from './refund-payment.controller.ts';
import { RefundPayment } from './refund-payment.ts';
import { RefundPoller } from './refund-poller.ts';
import { RefundQuotes } from './refund-quotes.ts';
import { RequestRefund } from './request-refund.ts';
import { RevokeOrder } from './revoke-order.ts';

@Module({
  imports: [
    InvoicesModule,
    ...[AuditModule, CustomersModule, EventsModule, IdempotencyModule, OutboxModule],
    ...[PaymentsModule, ProvidersModule, RefundsModule, SubscriptionsModule],
  ],
  controllers: [RefundPaymentController],
  providers: [
    ...[RefundPayment, BeginRefund, RequestRefund, RecordRefunds, RevokeOrder],
    ...[RefundDecisions, RefundPoller, GiveUpRefund, RefundQuotes],
  ],
  exports: [RecordRefunds, RefundPoller, RevokeOrder],
})
export class RefundPaymentModule {}
