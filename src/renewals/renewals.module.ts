import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { BillingKeysModule } from '../payment-methods/index.ts';
import { CustomersModule } from '../customers/index.ts';
import { IdempotencyModule } from '../idempotency/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { PaymentsModule } from '../payments/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { SubscriptionsModule } from '../subscriptions/index.ts';
import { RenewalClaims } from './renewal-claims.ts';
import { Renewals } from './renewals.ts';
import { SubscribeService } from './subscribe.service.ts';
import { CardSubscriptionsController } from './subscriptions.controller.ts';

@Module({
  imports: [
    AuditModule,
    CustomersModule,
    IdempotencyModule,
    OutboxModule,
    PlansModule,
    BillingKeysModule,
    SubscriptionsModule,
    PaymentsModule,
  ],
  controllers: [CardSubscriptionsController],
  providers: [SubscribeService, RenewalClaims, Renewals],
  exports: [Renewals],
})
export class RenewalsModule {}
