import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { BillingKeysModule } from '../billing-keys/index.ts';
import { NewsModule } from '../news/index.ts';
import { Inbox } from './inbox.ts';
import { WebhookProcessing } from './webhook-processing.ts';
import { WebhooksController } from './webhooks.controller.ts';

@Module({ imports: [AuditModule, BillingKeysModule, NewsModule], controllers: [WebhooksController], providers: [Inbox, WebhookProcessing], exports: [WebhookProcessing] })
export class WebhooksModule {}
