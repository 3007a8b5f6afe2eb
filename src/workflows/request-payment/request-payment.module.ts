import { Module } from '@nestjs/common';
import { PaymentMethodsModule } from '../../payment-methods/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { ProviderRequests } from './provider-requests.ts';

@Module({
  imports: [ProvidersModule, PaymentMethodsModule],
  providers: [ProviderRequests],
  exports: [ProviderRequests],
})
export class RequestPaymentModule {}
