import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.ts';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { ResolvePayment } from './resolve-payment.ts';
import { ResolvePaymentController } from './resolve-payment.controller.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [BeginAttemptModule, ProvidersModule, PaymentsModule, AuditModule, RecordOutcomeModule],
  controllers: [ResolvePaymentController],
  providers: [ResolvePayment],
})
export class ResolvePaymentModule {}
