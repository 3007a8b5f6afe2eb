import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { type Caller, CurrentCaller, onlyOwn } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { Problem } from '../platform/problem.ts';
import { type Consent, ConsentKind } from '../platform/database/index.ts';
import { subscriptionView, viewSubscription } from '../subscriptions/index.ts';
import { CardRenewals } from './card-renewals.service.ts';
import { Consents } from './consents.ts';

const cardBody = z.strictObject({ billingKeyId: z.uuid() });
const consentBody = z.strictObject({
  textVersion: z.string().min(1).max(40).describe('which text the buyer was shown'),
  channel: z
    .string()
    .regex(/^[\w.-]{1,20}$/)
    .describe('where: web, app, ...'),
  price: z.int().min(1).optional().describe('whole won, as it was shown; must be what will be charged for a period'),
});

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
    private readonly cards: CardRenewals,
    private readonly consents: Consents,
  ) {}

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
