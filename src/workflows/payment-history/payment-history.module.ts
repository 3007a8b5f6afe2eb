import { Module } from '@nestjs/common';
import { PaymentHistoryController } from './payment-history.controller.ts';
import { PaymentHistory } from './payment-history.ts';

@Module({ controllers: [PaymentHistoryController], providers: [PaymentHistory] })
export class PaymentHistoryModule {}
