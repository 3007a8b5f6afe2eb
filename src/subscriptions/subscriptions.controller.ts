import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, isOperator, onlyOwn } from '../auth/index.ts';
import { Answers, pageSchema } from '../common/answers.ts';
import { pageQuery } from '../common/page.ts';
import { Problem } from '../common/problem.ts';
import { subscriptionView, viewSubscription } from './subscription.view.ts';
import { SubscriptionsService, type SubscriptionWithPlan } from './subscriptions.service.ts';

const listQuery = pageQuery.extend({ userId: z.string().max(64).optional() });
const idParam = z.string().max(64);

const view = (subscription: SubscriptionWithPlan) => viewSubscription(subscription, subscription.plan);

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(private readonly subscriptions: SubscriptionsService) {}

  @Get()
  @Answers(200, pageSchema(subscriptionView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(@CurrentCaller() caller: Caller, @Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return this.subscriptions.list({ ...query, userId: isOperator(caller) ? query.userId : caller.userId }, view);
  }

  @Get('me')
  @Answers(200, subscriptionView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async me(@CurrentCaller() caller: Caller) {
    return view(await this.subscriptions.current(caller.userId));
  }

  @Get(':id')
  @Answers(200, subscriptionView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async get(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return view(await this.subscriptions.get(known(id), onlyOwn(caller)));
  }

  @Post(':id/cancel')
  @Answers(200, subscriptionView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND', 'SUBSCRIPTION_ENDED')
  async cancel(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return view(await this.subscriptions.setCancelAtPeriodEnd(known(id), true, onlyOwn(caller)));
  }

  @Post(':id/resume')
  @Answers(200, subscriptionView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND', 'SUBSCRIPTION_ENDED')
  async resume(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return view(await this.subscriptions.setCancelAtPeriodEnd(known(id), false, onlyOwn(caller)));
  }
}

/** What is no id of ours is nobody's subscription. */
function known(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new Problem('SUBSCRIPTION_NOT_FOUND');
  return id;
}
