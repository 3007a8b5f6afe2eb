import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { BillingKeysModule } from '../payment-methods/index.ts';
import { CustomersModule } from '../customers/index.ts';
import { IdempotencyModule } from '../idempotency/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { PaymentsModule } from '../payments/index.ts';
import { PlansModule } from '../catalog/index.ts';
import { SubscriptionsModule } from '../subscriptions/index.ts';
import { CardRenewals } from './card-renewals.service.ts';
import { Consents } from './consents.ts';
import { RenewalDay } from './renewal-day.ts';
import { RenewalSwitch } from './renewal-switch.ts';
import { RenewalsController } from './renewals.controller.ts';
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
  controllers: [CardSubscriptionsController, RenewalsController],
  providers: [
    CardRenewals,
    Consents,
    RenewalDay,
    RenewalSwitch,
  ],
  exports: [],
})
export class RenewalsModule {}
