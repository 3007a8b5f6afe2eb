import { Module } from '@nestjs/common';
import { RecordOutcomeModule } from '../record-outcome/index.ts';
import { RequestPaymentModule } from '../request-payment/index.ts';
import { ChargeCard } from './charge-card.ts';

@Module({
  imports: [RequestPaymentModule, RecordOutcomeModule],
  providers: [ChargeCard],
  exports: [ChargeCard],
})
export class ChargeCardModule {}
