import { Module } from '@nestjs/common';
import { SubscriptionGrants } from './grant.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

@Module({ controllers: [SubscriptionsController], providers: [SubscriptionsService, SubscriptionGrants], exports: [SubscriptionsService, SubscriptionGrants] })
export class SubscriptionsModule {}
