import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditModule } from '../audit/index.ts';
import { PaymentMethodsModule } from '../payment-methods/index.ts';
import { ProvidersModule } from '../providers/index.ts';
import { ReplaceCardModule } from '../workflows/replace-card/index.ts';
import { SyncPaymentModule } from '../workflows/sync-payment/index.ts';
import { FloodLimits } from './flood-limits.ts';
import { IncomingWebhooks } from './incoming-webhooks.ts';
import { WebhookClaims } from './webhook-claims.ts';
import { WebhookEvents } from './webhook-events.service.ts';
import { WebhookProcessing } from './webhook-processing.ts';
import { WebhookPurge } from './webhook-purge.ts';
import { WebhooksController } from './webhooks.controller.ts';

const RECEIVER = '/v1/webhooks/toss';
/** Toss sends a payment, of 2 to 3 KB. */
const MAX_BODY_BYTES = 8 * 1_024;

@Module({
  imports: [AuditModule, PaymentMethodsModule, ProvidersModule, ReplaceCardModule, SyncPaymentModule],
  controllers: [WebhooksController],
  providers: [FloodLimits, IncomingWebhooks, WebhookClaims, WebhookEvents, WebhookProcessing, WebhookPurge],
  exports: [WebhookProcessing, WebhookPurge],
})
export class WebhooksModule {
  constructor({ httpAdapter }: HttpAdapterHost<FastifyAdapter>) {
    // Nest has no decorator for it. A larger body is refused before it is read.
    httpAdapter.getInstance().addHook('onRoute', (route) => {
      if (route.url === RECEIVER) route.bodyLimit = MAX_BODY_BYTES;
    });
  }
}
