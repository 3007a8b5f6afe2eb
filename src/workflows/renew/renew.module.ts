import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../invoices/index.ts';
import { CustomersModule } from '../../customers/index.ts';
import { OutboxModule } from '../../outbox/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { ChargeCardModule } from '../charge-card/index.ts';
import { BeginRenewals } from './begin-renewals.ts';
import { DueRenewals } from './due-renewals.repository.ts';
import { Renewals } from './renewals.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [InvoicesModule, BeginAttemptModule, CustomersModule, SubscriptionsModule, OutboxModule, ChargeCardModule],
  providers: [BeginRenewals, DueRenewals, Renewals],
  exports: [Renewals],
})
export class RenewModule {}
