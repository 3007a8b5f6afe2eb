import { Module } from '@nestjs/common';
import { PaymentsModule } from '../payments/index.ts';
import { RefundsModule } from '../refunds/index.ts';
import { TossModule } from '../providers/toss/index.ts';
import { TossNews } from './toss-news.ts';

@Module({ imports: [TossModule, PaymentsModule, RefundsModule], providers: [TossNews], exports: [TossNews] })
export class NewsModule {}
