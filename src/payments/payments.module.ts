import { Module } from '@nestjs/common';
import { AttemptRepository } from './attempt.repository.ts';
import { PaymentFailures } from './payment-failures.ts';
import { PaymentHistoryController } from './payment-history.controller.ts';
import { PaymentHistory } from './payment-history.service.ts';
import { PaymentPurge } from './payment-purge.ts';
import { PaymentSearch } from './payment-search.ts';
import { PaymentRepository } from './payment.repository.ts';
import { PaymentsController } from './payments.controller.ts';
import { PaymentsService } from './payments.service.ts';
import { ReversalRepository } from './reversal.repository.ts';
import { VoidRepository } from './void.repository.ts';

const repositories = [AttemptRepository, PaymentRepository, ReversalRepository, VoidRepository];

@Module({
  controllers: [PaymentsController, PaymentHistoryController],
  providers: [...repositories, PaymentFailures, PaymentHistory, PaymentPurge, PaymentSearch, PaymentsService],
  exports: [...repositories, PaymentFailures, PaymentPurge, PaymentsService],
})
export class PaymentsModule {}
