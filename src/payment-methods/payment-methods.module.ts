import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.ts';
import { ProvidersModule } from '../providers/index.ts';
import { CardsOnFile } from './cards-on-file.ts';
import { PaymentMethodRepository } from './payment-method.repository.ts';
import { PaymentMethodsController } from './payment-methods.controller.ts';
import { PaymentMethodsService } from './payment-methods.service.ts';

@Module({
  imports: [ProvidersModule, CustomersModule],
  controllers: [PaymentMethodsController],
  providers: [PaymentMethodsService, PaymentMethodRepository, CardsOnFile],
  exports: [PaymentMethodsService, PaymentMethodRepository, CardsOnFile],
})
export class PaymentMethodsModule {}
