import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { DescribeFailure } from './describe-failure.ts';
import { BeginAttemptModule } from '../begin-attempt/index.ts';

@Module({
  imports: [BeginAttemptModule, ProvidersModule, PaymentsModule, RecordOutcomeModule],
  providers: [DescribeFailure],
})
export class DescribeFailureModule {}
