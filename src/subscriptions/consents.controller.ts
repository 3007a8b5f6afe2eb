import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { type Caller, CurrentCaller, onlyOwn } from '../auth/index.ts';
import { type Consent, ConsentKind } from '../platform/database/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { Consents, type NeededConsent } from './consents.service.ts';
import { knownSubscription, subscriptionIdParam } from './subscription.view.ts';

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

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class ConsentsController {
  constructor(private readonly consents: Consents) {}

  /** Whether the next charge waits for the buyer's consent, and to what. */
  @Get(':id/consents')
  @ApiOperation({
    operationId: 'CardSubscriptionsController_needed',
    summary: 'Read which consents a subscription has and needs',
  })
  @Answers(200, neededView, 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND')
  async needed(@CurrentCaller() caller: Caller, @Param('id', { schema: subscriptionIdParam }) id: string) {
    return viewNeeded(await this.consents.needed(knownSubscription(id), onlyOwn(caller)));
  }

  /**
   * Records that the buyer agrees to the first charge after a trial. Without it, given within the 30 days before, the
   * subscription ends instead.
   */
  @Post(':id/consents')
  @ApiOperation({
    operationId: 'CardSubscriptionsController_consent',
    summary: 'Consent to a higher price or to the end of a trial',
  })
  @Answers(
    201,
    consentView,
    ...(['VALIDATION_FAILED', 'AMOUNT_MISMATCH', 'UNAUTHENTICATED', 'SUBSCRIPTION_NOT_FOUND'] as const),
    ...(['SUBSCRIPTION_ENDED', 'TOO_MANY_REQUESTS'] as const),
  )
  async consent(
    @Origin() origin: RequestOrigin,
    @Param('id', { schema: subscriptionIdParam }) id: string,
    @Body({ schema: consentBody }) body: z.infer<typeof consentBody>,
  ) {
    return viewConsent(await this.consents.give(knownSubscription(id), body, origin));
  }
}

function viewNeeded(needed: NeededConsent | null): z.infer<typeof neededView> {
  return {
    needed: needed && { ...needed, chargeAt: needed.chargeAt.toISOString(), from: needed.from.toISOString() },
  };
}

function viewConsent(consent: Consent): z.infer<typeof consentView> {
  const { id, subscriptionId, kind, planId, price, textVersion, channel, givenAt } = consent;
  return { id, subscriptionId, kind, planId, price, textVersion, channel, givenAt: givenAt.toISOString() };
}
