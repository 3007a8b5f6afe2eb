import { Module } from '@nestjs/common';
import { InvoicesModule } from '../invoices/index.ts';
import { AuditModule } from '../audit/index.ts';
import { IdempotencyModule } from '../idempotency/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { PaymentsModule } from '../payments/index.ts';
import { ReconciliationModule } from '../reconciliation/index.ts';
import { RefundPaymentModule } from '../workflows/refund-payment/index.ts';
import { SubscriptionsModule } from '../subscriptions/index.ts';
import { TempOrdersModule } from '../temp-orders/index.ts';
import { PollPaymentsModule } from '../workflows/poll-payments/index.ts';
import { RenewModule } from '../workflows/renew/index.ts';
import { WebhooksModule } from '../webhooks/index.ts';
import { AuditLogController } from './audit-log.controller.ts';
import { BacklogReader } from './backlog.ts';
import { DailyFigures } from './daily-figures.ts';
import { FiguresController } from './figures.controller.ts';
import { HealthController } from './health.controller.ts';
import { Invariants } from './invariants.ts';
import { InvariantsController } from './invariants.controller.ts';
import { Jobs } from './jobs.ts';
import { OperationsController } from './operations.controller.ts';

@Module({
  imports: [
    InvoicesModule,
    AuditModule,
    IdempotencyModule,
    OutboxModule,
    PaymentsModule,
    PollPaymentsModule,
    RenewModule,
    RefundPaymentModule,
    SubscriptionsModule,
    TempOrdersModule,
    ReconciliationModule,
    WebhooksModule,
  ],
  controllers: [OperationsController, AuditLogController, FiguresController, InvariantsController, HealthController],
  providers: [Jobs, BacklogReader, DailyFigures, Invariants],
})
export class OperationsModule {}
