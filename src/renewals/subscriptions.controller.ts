import { Body, Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { type Caller, CurrentCaller, onlyOwn } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { type Language, languageOf, Problem } from '../platform/problem.ts';
import { type Consent, ConsentKind } from '../platform/database/index.ts';
import { Idempotent } from '../idempotency/index.ts';
import { confirmView, paymentView, viewConfirmed } from '../payments/index.ts';
import { subscriptionView, viewSubscription } from '../subscriptions/index.ts';
import { CardRenewals } from './card-renewals.service.ts';
import { Consents } from './consents.ts';
import { type Subscribed, SubscribeService } from './subscribe.service.ts';

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
const cardBody = z.strictObject({ billingKeyId: z.uuid() });
const consentBody = z.strictObject({
  textVersion: z.string().min(1).max(40).describe('which text the buyer was shown'),
  channel: z
    .string()
    .regex(/^[\w.-]{1,20}$/)
    .describe('where: web, app, ...'),
  price: z.int().min(1).optional().describe('whole won, as it was shown; must be what will be charged for a period'),
});

const subscribedView = confirmView
  .extend({ payment: paymentView.nullable().describe('null: a trial, nothing was charged') })
  .meta({ id: 'Subscribed' });
const consentView = z
  .object({
    id: z.uuid(),
    subscriptionId: z.uuid(),
    kind: z.enum(ConsentKind),
    planId: z.int(),
    price: z.int().describe('whole won: up to this may be charged for a period'),
    textVersion: z.string(),
    channel: z.string(),
    givenAt: z.iso.datetime(),
  })
  .meta({ id: 'Consent' });
const neededView = z
  .object({
    needed: z
      .object({
        kind: z.enum(ConsentKind),
        planId: z.int(),
        price: z.int().describe('whole won, for a period'),
        chargeAt: z.iso.datetime(),
        from: z.iso.datetime().describe('given earlier it would have run out by then'),
        open: z.boolean().describe('it can be given now'),
      })
      .nullable()
      .describe('null: none, or it was given'),
  })
  .meta({ id: 'ConsentNeeded' });

/** What of a subscription has to do with a card on file. */
@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class CardSubscriptionsController {
  constructor(
    private readonly subscribing: SubscribeService,
    private readonly cards: CardRenewals,
    private readonly consents: Consents,
  ) {}

  /** Subscribes with a card on file: charges the first period, or begins a trial. */
  @Post()
  @ApiOperation({ summary: 'Subscribe with a card on file' })
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
    const subscribed = await this.subscribing.subscribe(caller.userId, { ...body, paymentMethodId: body.billingKeyId });
    if (subscribed.payment?.status === 'PENDING') reply.status(202);
    return viewSubscribed(subscribed, languageOf(languages));
  }

  /** Has it renewed from a card on file; one that is past due is charged at once. */
  @Post(':id/billing-key')
  @ApiOperation({ summary: 'Renew a subscription from a card on file' })
  @Answers(
    200,
    subscriptionView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'SUBSCRIPTION_NOT_FOUND',
    'BILLING_KEY_NOT_FOUND',
    'SUBSCRIPTION_ENDED',
    'SUBSCRIPTION_CHANGED',
  )
  async renewFrom(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: z.string().max(64) }) id: string,
    @Body({ schema: cardBody }) { billingKeyId }: z.infer<typeof cardBody>,
  ) {
    const subscription = await this.cards.renewFrom(known(id), billingKeyId, caller.userId);
    return viewSubscription(subscription, subscription.plan);
  }

  /** Whether the next charge waits for the buyer's consent, and to what. */
  @Get(':id/consents')
  @ApiOperation({ summary: 'Read which consents a subscription has and needs' })
  @Answers(200, neededView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async needed(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: z.string().max(64) }) id: string,
  ): Promise<z.infer<typeof neededView>> {
    const needed = await this.consents.needed(known(id), onlyOwn(caller));
    return {
      needed: needed && { ...needed, chargeAt: needed.chargeAt.toISOString(), from: needed.from.toISOString() },
    };
  }

  /** Records that the buyer agrees to the first charge after a trial. Without it, given within the 30 days before, the subscription ends instead. */
  @Post(':id/consents')
  @ApiOperation({ summary: 'Consent to a higher price or to the end of a trial' })
  @Answers(
    201,
    consentView,
    'VALIDATION_FAILED',
    'AMOUNT_MISMATCH',
    'UNAUTHENTICATED',
    'SUBSCRIPTION_NOT_FOUND',
    'SUBSCRIPTION_ENDED',
    'TOO_MANY_REQUESTS',
  )
  async consent(
    @Origin() origin: RequestOrigin,
    @Param('id', { schema: z.string().max(64) }) id: string,
    @Body({ schema: consentBody }) body: z.infer<typeof consentBody>,
  ) {
    return viewConsent(await this.cards.consent(known(id), body, origin));
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

function viewConsent({
  id,
  subscriptionId,
  kind,
  planId,
  price,
  textVersion,
  channel,
  givenAt,
}: Consent): z.infer<typeof consentView> {
  return { id, subscriptionId, kind, planId, price, textVersion, channel, givenAt: givenAt.toISOString() };
}

/** What is no id of ours is nobody's subscription. */
function known(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new Problem('SUBSCRIPTION_NOT_FOUND');
  return id;
}
