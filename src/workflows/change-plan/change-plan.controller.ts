import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { changeQuoteView } from '../../pricing/index.ts';
import { Origin, type RequestOrigin } from '../../audit/index.ts';
import { type Caller, CurrentCaller, onlyOwn } from '../../auth/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import {
  knownSubscription,
  PlanQuotes,
  subscriptionIdParam,
  SubscriptionsService,
  subscriptionView,
  viewQuote,
  viewWithPlan,
} from '../../subscriptions/index.ts';
import { ChangePlan } from './change-plan.ts';

const planChange = z.object({ planId: z.int().min(1).max(2_147_483_647) });

const changedView = subscriptionView
  .extend({ payment: z.null().describe('nothing is charged by a change that needs no payment') })
  .meta({ id: 'ChangedSubscription' });

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class ChangePlanController {
  constructor(
    private readonly quotes: PlanQuotes,
    private readonly changes: ChangePlan,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /** What a change of plan would mean. Moves nothing. */
  @Post(':id/preview-change')
  @ApiOperation({
    operationId: 'SubscriptionsController_previewChange',
    summary: 'Preview a change of plan; no money moves',
  })
  @Answers(
    200,
    changeQuoteView,
    ...(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND', 'PLAN_NOT_FOUND'] as const),
    ...(['SUBSCRIPTION_ENDED', 'PLAN_NOT_FOR_SALE'] as const),
  )
  async previewChange(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: subscriptionIdParam }) id: string,
    @Body({ schema: planChange }) { planId }: z.infer<typeof planChange>,
  ) {
    return viewQuote(await this.quotes.preview(knownSubscription(id), planId, onlyOwn(caller)));
  }

  /**
   * Changes what needs no payment: a downgrade at the period's end, an upgrade too small to charge. An upgrade is
   * bought with a temp order.
   */
  @Post(':id/change')
  @ApiOperation({ operationId: 'SubscriptionsController_change', summary: 'Change the plan of a subscription' })
  @Answers(
    200,
    changedView,
    ...(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND', 'PLAN_NOT_FOUND'] as const),
    ...(['SUBSCRIPTION_ENDED', 'PLAN_NOT_FOR_SALE', 'CHANGE_NEEDS_PAYMENT', 'SUBSCRIPTION_CHANGED'] as const),
  )
  async change(
    @Origin() caller: RequestOrigin,
    @Param('id', { schema: subscriptionIdParam }) id: string,
    @Body({ schema: planChange }) { planId }: z.infer<typeof planChange>,
  ) {
    await this.changes.change(knownSubscription(id), planId, caller);
    return { ...viewWithPlan(await this.subscriptions.get(id, onlyOwn(caller))), payment: null };
  }
}
