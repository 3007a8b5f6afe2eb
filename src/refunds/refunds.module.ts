import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { EventsModule } from '../events/index.ts';
import { IdempotencyModule } from '../idempotency/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { SubscriptionsModule } from '../subscriptions/index.ts';
import { TossModule } from '../providers/toss/index.ts';
import { RefundRecovery } from './recovery.ts';
import { RefundAccounts } from './refund-account.ts';
import { RefundAsking } from './refund-asking.ts';
import { RefundBooks } from './refund-books.ts';
import { RefundClaims } from './refund-claims.ts';
import { RefundsController } from './refunds.controller.ts';
import { RefundsService } from './refunds.service.ts';

@Module({
  imports: [TossModule, OutboxModule, SubscriptionsModule, EventsModule, AuditModule, IdempotencyModule],
  controllers: [RefundsController],
  providers: [RefundsService, RefundClaims, RefundAsking, RefundBooks, RefundAccounts, RefundRecovery],
  exports: [RefundBooks, RefundRecovery],
})
export class RefundsModule {}
