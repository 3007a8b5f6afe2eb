import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { type Caller, CurrentCaller, isOperator, onlyOwn } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { SubscriptionChanges } from './changes.service.ts';
import { SUBSCRIPTION_STATUSES } from './subscription.status.ts';
import {
  changeQuoteView,
  subscriptionDetails,
  subscriptionView,
  timelineEntry,
  viewMessage,
  viewPeriod,
  viewQuote,
  viewSubscription,
} from './subscription.view.ts';
import { SubscriptionsService, type SubscriptionWithPlan } from './subscriptions.service.ts';

const listQuery = pageQuery.extend({
  userId: z.string().max(64).optional(),
  status: z.enum(SUBSCRIPTION_STATUSES).optional(),
});
const timelineQuery = pageQuery.extend({ limit: pageQuery.shape.limit.default(100) });
const idParam = z.string().max(64);
const planChange = z.object({ planId: z.int().min(1).max(2_147_483_647) });

const changedView = subscriptionView
  .extend({ payment: z.null().describe('nothing is charged by a change that needs no payment') })
  .meta({ id: 'ChangedSubscription' });

const view = (subscription: SubscriptionWithPlan) => viewSubscription(subscription, subscription.plan);

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly changes: SubscriptionChanges,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List subscriptions' })
  @Answers(200, pageSchema(subscriptionView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(@CurrentCaller() caller: Caller, @Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return this.subscriptions.list({ ...query, userId: isOperator(caller) ? query.userId : caller.userId }, view);
  }

  @Get('me')
  @ApiOperation({ summary: 'Read the current subscription of the caller' })
  @Answers(200, subscriptionView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async me(@CurrentCaller() caller: Caller) {
    return view(await this.subscriptions.current(caller.userId));
  }

  /** With its periods and their orders. */
  @Get(':id')
  @ApiOperation({ summary: 'Read a subscription with its periods' })
  @Answers(200, subscriptionDetails, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async get(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    const subscription = await this.subscriptions.get(known(id), onlyOwn(caller));
    return { ...view(subscription), periods: (await this.subscriptions.periods(id)).map(viewPeriod) };
  }

  /** What happened, and when, oldest first; 100 entries a page unless told. */
  @Get(':id/timeline')
  @ApiOperation({ summary: 'List what happened to a subscription' })
  @Answers(200, pageSchema(timelineEntry), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async timeline(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: timelineQuery }) query: z.infer<typeof timelineQuery>,
  ) {
    await this.subscriptions.get(known(id), onlyOwn(caller));
    return this.subscriptions.timeline(id, query, viewMessage);
  }

  /** What a change of plan would mean. Moves nothing. */
  @Post(':id/preview-change')
  @ApiOperation({ summary: 'Preview a change of plan; no money moves' })
  @Answers(
    200,
    changeQuoteView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'SUBSCRIPTION_NOT_FOUND',
    'PLAN_NOT_FOUND',
    'SUBSCRIPTION_ENDED',
    'PLAN_NOT_FOR_SALE',
  )
  async previewChange(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: planChange }) { planId }: z.infer<typeof planChange>,
  ) {
    return viewQuote(await this.changes.preview(known(id), planId, onlyOwn(caller)));
  }

  /** Changes what needs no payment: a downgrade at the period's end, an upgrade too small to charge. An upgrade is bought with a temp order. */
  @Post(':id/change')
  @ApiOperation({ summary: 'Change the plan of a subscription' })
  @Answers(
    200,
    changedView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'SUBSCRIPTION_NOT_FOUND',
    'PLAN_NOT_FOUND',
    'SUBSCRIPTION_ENDED',
    'PLAN_NOT_FOR_SALE',
    'CHANGE_NEEDS_PAYMENT',
    'SUBSCRIPTION_CHANGED',
  )
  async change(
    @Origin() caller: RequestOrigin,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: planChange }) { planId }: z.infer<typeof planChange>,
  ) {
    await this.changes.change(known(id), planId, caller);
    return { ...view(await this.subscriptions.get(id, onlyOwn(caller))), payment: null };
  }

  @Post(':id/cancel')
  @ApiOperation({ summary: 'Cancel a subscription at the end of its period' })
  @Answers(
    200,
    subscriptionView,
    'UNAUTHENTICATED',
    'SUBSCRIPTION_NOT_FOUND',
    'SUBSCRIPTION_ENDED',
    'SUBSCRIPTION_CHANGED',
    'TOO_MANY_REQUESTS',
  )
  async cancel(@Origin() caller: RequestOrigin, @Param('id', { schema: idParam }) id: string) {
    return view(await this.subscriptions.setCancelAtPeriodEnd(known(id), true, caller));
  }

  @Post(':id/resume')
  @ApiOperation({ summary: 'Resume a subscription that was to end' })
  @Answers(
    200,
    subscriptionView,
    'UNAUTHENTICATED',
    'SUBSCRIPTION_NOT_FOUND',
    'SUBSCRIPTION_ENDED',
    'SUBSCRIPTION_CHANGED',
    'TOO_MANY_REQUESTS',
  )
  async resume(@Origin() caller: RequestOrigin, @Param('id', { schema: idParam }) id: string) {
    return view(await this.subscriptions.setCancelAtPeriodEnd(known(id), false, caller));
  }
}

/** What is no id of ours is nobody's subscription. */
function known(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new Problem('SUBSCRIPTION_NOT_FOUND');
  return id;
}
