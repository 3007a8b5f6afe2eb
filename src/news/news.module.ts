import { Module } from '@nestjs/common';
import { PaymentsModule } from '../payments/index.ts';
import { TossModule } from '../providers/toss/index.ts';
import { RefundPaymentModule } from '../workflows/refund-payment/index.ts';
import { ReverseDepositModule } from '../workflows/reverse-deposit/index.ts';
import { TossNews } from './toss-news.ts';

@Module({
  imports: [TossModule, PaymentsModule, RefundPaymentModule, ReverseDepositModule],
  providers: [TossNews],
  exports: [TossNews],
})
export class NewsModule {}
