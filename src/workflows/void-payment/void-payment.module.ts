import { Module } from '@nestjs/common';
import { PaymentsModule } from '../../payments/index.ts';
import { ProvidersModule } from '../../providers/index.ts';
import { Voids } from './voids.ts';

@Module({
  imports: [ProvidersModule, PaymentsModule],
  providers: [Voids],
  exports: [Voids],
})
export class VoidPaymentModule {}
