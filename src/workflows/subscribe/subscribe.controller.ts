import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../../auth/index.ts';
import { Idempotent } from '../../idempotency/index.ts';
import { paymentView } from '../../payments/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { type Language, languageOf } from '../../platform/problem.ts';
import { viewSubscription } from '../../subscriptions/index.ts';
import { confirmView, viewConfirmed } from '../confirm-payment/index.ts';
import { Subscribe, type Subscribed } from './subscribe.ts';

const subscribeBody = z.strictObject({
  planId: z.int().min(1).max(2_147_483_647),
  billingKeyId: z.uuid(),
  trialDays: z
    .int()
    .min(0)
    .max(365)
    .optional()
    .describe(
      'only for those who never subscribed before; nothing is charged until it ends, and then only with their consent',
    ),
});

const subscribedView = confirmView
  .extend({ payment: paymentView.nullable().describe('null: a trial, nothing was charged') })
  .meta({ id: 'Subscribed' });

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class SubscribeController {
  constructor(private readonly subscriptions: Subscribe) {}

  /** Subscribes with a card on file: charges the first period, or begins a trial. */
  @Post()
  @ApiOperation({ operationId: 'CardSubscriptionsController_subscribe', summary: 'Subscribe with a card on file' })
  @Idempotent('subscriptions.create')
  @ApiResponse({
    status: 202,
    description: 'The outcome is not known yet: `payment.status` is `PENDING`; poll `GET /v1/payments/{orderId}`',
    standardSchema: subscribedView,
  })
  @Answers(
    200,
    subscribedView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'PAYMENT_DECLINED',
    'PLAN_NOT_FOUND',
    'BILLING_KEY_NOT_FOUND',
    'PLAN_NOT_FOR_SALE',
    'ALREADY_SUBSCRIBED',
    'TRIAL_NOT_AVAILABLE',
    'PAYMENT_IN_PROGRESS',
    'PAYMENT_STOPPED',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'IDEMPOTENCY_KEY_REUSED',
    'PAYMENT_MISMATCH',
    'PROVIDER_MISCONFIGURED',
  )
  async subscribe(
    @CurrentCaller() caller: Caller,
    @Body({ schema: subscribeBody }) body: z.infer<typeof subscribeBody>,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const subscribed = await this.subscriptions.subscribe(caller.userId, {
      ...body,
      paymentMethodId: body.billingKeyId,
    });
    if (subscribed.payment?.status === 'PENDING') reply.status(202);
    return viewSubscribed(subscribed, languageOf(languages));
  }
}

function viewSubscribed({ payment, subscription }: Subscribed, language: Language): z.infer<typeof subscribedView> {
  if (payment) return viewConfirmed({ payment, subscription }, language);
  const title = language === 'ko' ? '무료 체험 시작' : 'Trial begun';
  return {
    title,
    paymentMethod: null,
    payment,
    subscription: subscription && viewSubscription(subscription, subscription.plan),
  };
}
