import { Module } from '@nestjs/common';
import { PlansModule } from '../catalog/index.ts';
import { PaymentFailures } from './payment-failures.ts';
import { PaymentPurge } from './payment-purge.ts';
import { PaymentSearch } from './payment-search.ts';
import { PaymentRepository } from './payment.repository.ts';
import { PaymentsController } from './payments.controller.ts';
import { PaymentsService } from './payments.service.ts';
import { ReversalRepository } from './reversal.repository.ts';
import { VoidRepository } from './void.repository.ts';

const repositories = [PaymentRepository, ReversalRepository, VoidRepository];

@Module({
  imports: [PlansModule],
  controllers: [PaymentsController],
  providers: [...repositories, PaymentFailures, PaymentPurge, PaymentSearch, PaymentsService],
  exports: [...repositories, PaymentFailures, PaymentPurge, PaymentsService],
})
export class PaymentsModule {}
