import { Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Origin, type RequestOrigin } from '../../audit/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { knownSubscription, subscriptionIdParam, subscriptionView, viewWithPlan } from '../../subscriptions/index.ts';
import { CancelSubscription } from './cancel-subscription.ts';

const PROBLEMS = [
  ...(['UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND', 'SUBSCRIPTION_ENDED'] as const),
  ...(['SUBSCRIPTION_CHANGED', 'TOO_MANY_REQUESTS'] as const),
] as const;

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class CancelSubscriptionController {
  constructor(private readonly cancellation: CancelSubscription) {}

  @Post(':id/cancel')
  @ApiOperation({
    operationId: 'SubscriptionsController_cancel',
    summary: 'Cancel a subscription at the end of its period',
  })
  @Answers(200, subscriptionView, ...PROBLEMS)
  async cancel(@Origin() caller: RequestOrigin, @Param('id', { schema: subscriptionIdParam }) id: string) {
    return viewWithPlan(await this.cancellation.cancel(knownSubscription(id), caller));
  }

  @Post(':id/resume')
  @ApiOperation({ operationId: 'SubscriptionsController_resume', summary: 'Resume a subscription that was to end' })
  @Answers(200, subscriptionView, ...PROBLEMS)
  async resume(@Origin() caller: RequestOrigin, @Param('id', { schema: subscriptionIdParam }) id: string) {
    return viewWithPlan(await this.cancellation.resume(knownSubscription(id), caller));
  }
}
