import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../../auth/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { knownSubscription, subscriptionIdParam, subscriptionView, viewWithPlan } from '../../subscriptions/index.ts';
import { ChooseCard } from './choose-card.ts';

const cardBody = z.strictObject({ billingKeyId: z.uuid() });

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class ChooseCardController {
  constructor(private readonly cards: ChooseCard) {}

  /** Has it renewed from a card on file; one that is past due is charged at once. */
  @Post(':id/billing-key')
  @ApiOperation({
    operationId: 'CardSubscriptionsController_renewFrom',
    summary: 'Renew a subscription from a card on file',
  })
  @Answers(
    200,
    subscriptionView,
    ...(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND', 'BILLING_KEY_NOT_FOUND'] as const),
    ...(['SUBSCRIPTION_ENDED', 'SUBSCRIPTION_CHANGED'] as const),
  )
  async renewFrom(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: subscriptionIdParam }) id: string,
    @Body({ schema: cardBody }) { billingKeyId }: z.infer<typeof cardBody>,
  ) {
    return viewWithPlan(await this.cards.renewFrom(knownSubscription(id), billingKeyId, caller.userId));
  }
}
