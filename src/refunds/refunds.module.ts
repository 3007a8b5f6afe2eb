import { Module } from '@nestjs/common';
import { RefundAccounts } from './refund-account.ts';
import { RefundRepository } from './refund.repository.ts';
import { RefundsController } from './refunds.controller.ts';
import { RefundsService } from './refunds.service.ts';

@Module({
  controllers: [RefundsController],
  providers: [RefundsService, RefundRepository, RefundAccounts],
  exports: [RefundsService, RefundRepository, RefundAccounts],
})
export class RefundsModule {}
