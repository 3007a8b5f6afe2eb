import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, isOperator, onlyOwn } from '../auth/index.ts';
import { SubscriptionStatus } from '../platform/database/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import {
  knownSubscription,
  subscriptionDetails,
  subscriptionIdParam,
  subscriptionView,
  timelineEntry,
  viewEvent,
  viewPeriod,
  viewWithPlan,
} from './subscription.view.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

const listQuery = pageQuery.extend({
  userId: z.string().max(64).optional(),
  status: z.enum(SubscriptionStatus).optional(),
});
const timelineQuery = pageQuery.extend({ limit: pageQuery.shape.limit.default(100) });

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(private readonly subscriptions: SubscriptionsService) {}

  @Get()
  @ApiOperation({ summary: 'List subscriptions' })
  @Answers(200, pageSchema(subscriptionView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(@CurrentCaller() caller: Caller, @Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    const userId = isOperator(caller) ? query.userId : caller.userId;
    return this.subscriptions.list({ ...query, userId }, viewWithPlan);
  }

  @Get('me')
  @ApiOperation({ summary: 'Read the current subscription of the caller' })
  @Answers(200, subscriptionView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async me(@CurrentCaller() caller: Caller) {
    return viewWithPlan(await this.subscriptions.current(caller.userId));
  }

  /** With its periods and their orders. */
  @Get(':id')
  @ApiOperation({ summary: 'Read a subscription with its periods' })
  @Answers(200, subscriptionDetails, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async get(@CurrentCaller() caller: Caller, @Param('id', { schema: subscriptionIdParam }) id: string) {
    const subscription = await this.subscriptions.get(knownSubscription(id), onlyOwn(caller));
    return { ...viewWithPlan(subscription), periods: (await this.subscriptions.periods(id)).map(viewPeriod) };
  }

  /** What happened, and when, oldest first; 100 entries a page by default. */
  @Get(':id/timeline')
  @ApiOperation({ summary: 'List what happened to a subscription' })
  @Answers(200, pageSchema(timelineEntry), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async timeline(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: subscriptionIdParam }) id: string,
    @Query({ schema: timelineQuery }) query: z.infer<typeof timelineQuery>,
  ) {
    await this.subscriptions.get(knownSubscription(id), onlyOwn(caller));
    return this.subscriptions.timeline(id, query, viewEvent);
  }
}
