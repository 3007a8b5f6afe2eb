import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { BillingKeysModule } from '../payment-methods/index.ts';
import { EventsModule } from '../events/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { SubscriptionsModule } from '../subscriptions/index.ts';
import { TossModule } from '../providers/toss/index.ts';
import { Asking } from './asking.ts';
import { Charging } from './charging.ts';
import { Claims } from './claims.ts';
import { ConfirmService } from './confirm.service.ts';
import { Dunning } from './dunning.ts';
import { Failures } from './failures.ts';
import { FreeOrders } from './free-orders.ts';
import { NetCancels } from './net-cancels.ts';
import { OutcomePolls } from './outcome-polls.ts';
import { PaidOrders } from './paid-orders.ts';
import { PaymentResolve } from './payment-resolve.ts';
import { PaymentSearch } from './payment-search.ts';
import { PaymentNews } from './payment-news.ts';
import { PaymentStop } from './payment-stop.ts';
import { PaymentsController } from './payments.controller.ts';
import { PaymentsService } from './payments.service.ts';
import { PaymentPurge } from './purge.ts';
import { Recovery } from './recovery.ts';
import { RedirectsController } from './redirects.controller.ts';
import { PaymentRepository } from './payment.repository.ts';
import { ReversalRepository } from './reversal.repository.ts';
import { SettleService } from './settle.service.ts';
import { StoryController } from './story.controller.ts';
import { StoryService } from './story.service.ts';

@Module({
  imports: [AuditModule, TossModule, OutboxModule, BillingKeysModule, SubscriptionsModule, EventsModule],
  // Redirects first: /success and /fail are not order ids.
  controllers: [RedirectsController, PaymentsController, StoryController],
  providers: [
    ConfirmService,
    PaymentResolve,
    PaymentStop,
    FreeOrders,
    OutcomePolls,
    Charging,
    Claims,
    Dunning,
    Asking,
    SettleService,
    PaidOrders,
    Recovery,
    NetCancels,
    Failures,
    PaymentsService,
    PaymentSearch,
    PaymentNews,
    PaymentRepository,
    ReversalRepository,
    StoryService,
    PaymentPurge,
  ],
  exports: [Charging, Recovery, PaymentPurge, Failures, PaymentNews, PaymentRepository, ReversalRepository],
})
export class PaymentsModule {}
