import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { DescribeFailure } from './describe-failure.ts';

@Module({
  imports: [ProvidersModule, PaymentsModule, RecordOutcomeModule],
  providers: [DescribeFailure],
})
export class DescribeFailureModule {}
