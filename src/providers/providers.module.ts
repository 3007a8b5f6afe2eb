import { Module } from '@nestjs/common';
import { TossModule, TossProvider } from './toss/index.ts';

/** Injects the {@link PaymentProvider}. */
export const PAYMENT_PROVIDER = Symbol('PAYMENT_PROVIDER');

@Module({
  imports: [TossModule],
  providers: [{ provide: PAYMENT_PROVIDER, useExisting: TossProvider }],
  exports: [PAYMENT_PROVIDER],
})
export class ProvidersModule {}
