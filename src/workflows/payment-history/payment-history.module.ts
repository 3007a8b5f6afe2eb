import { Module } from '@nestjs/common';
import { PlansModule } from '../../catalog/index.ts';
import { PaymentHistoryController } from './payment-history.controller.ts';
import { PaymentHistory } from './payment-history.ts';

@Module({ imports: [PlansModule], controllers: [PaymentHistoryController], providers: [PaymentHistory] })
export class PaymentHistoryModule {}
