import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.ts';
import { OutboxModule } from '../outbox/index.ts';
import { TossModule } from '../toss/index.ts';
import { BillingKeysController } from './billing-keys.controller.ts';
import { BillingKeysService } from './billing-keys.service.ts';
import { CardsOnFile } from './cards-on-file.ts';
import { BillingKeyRedirectsController } from './redirects.controller.ts';

@Module({
  imports: [TossModule, OutboxModule, CustomersModule],
  controllers: [BillingKeyRedirectsController, BillingKeysController],
  providers: [BillingKeysService, CardsOnFile],
  exports: [CardsOnFile],
})
export class BillingKeysModule {}
