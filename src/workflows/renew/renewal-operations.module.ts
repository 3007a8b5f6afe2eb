import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.ts';
import { SubscriptionsModule } from '../../subscriptions/index.ts';
import { ReleaseRenewal } from './release-renewal.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';
import { RenewalDay } from './renewal-day.ts';
import { RenewalsController } from './renewals.controller.ts';

/** What operators see of renewals, and decide about them. */
@Module({
  imports: [BeginAttemptModule, AuditModule, SubscriptionsModule],
  controllers: [RenewalsController],
  providers: [RenewalDay, ReleaseRenewal],
})
export class RenewalOperationsModule {}
