import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { TossModule } from '../providers/toss/index.ts';
import { BillingKeysController } from './payment-methods.controller.ts';
import { BillingKeysService } from './payment-methods.service.ts';
import { CardsOnFile } from './cards-on-file.ts';
import { BillingKeyRedirectsController } from './redirects.controller.ts';

@Module({
  imports: [TossModule, OutboxModule, CustomersModule],
  controllers: [BillingKeyRedirectsController, BillingKeysController],
  providers: [BillingKeysService, CardsOnFile],
  exports: [BillingKeysService, CardsOnFile],
})
export class BillingKeysModule {}
