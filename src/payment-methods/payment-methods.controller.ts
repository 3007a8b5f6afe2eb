import { Body, Controller, Delete, Get, Headers, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { languageOf, Problem } from '../platform/problem.ts';
import { publicUrl } from '../platform/http/public-url.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { CustomersService } from '../customers/index.ts';
import { billingKeyView, viewBillingKey } from './payment-method.view.ts';
import { BillingKeysService } from './payment-methods.service.ts';

/** Toss's rules for what its window hands us (docs: reference, issue a billing key). */
export const registration = z.object({
  authKey: z.string().regex(/^[\x21-\x7e]{1,300}$/, '1 to 300 visible ASCII characters'),
  customerKey: z.string().regex(/^[A-Za-z0-9_=.@-]{2,50}$/, "not a customer key of Toss's form"),
});

const removeQuery = z.object({
  replaceWith: z.uuid().optional().describe('the card that renews from now on what this one renewed'),
});

const registrationView = z
  .object({
    customerKey: z.string().describe("the buyer's name at Toss"),
    clientKey: z
      .string()
      .describe(
        "Toss's public key for the browser SDK: `TossPayments(clientKey).payment({customerKey}).requestBillingAuth(...)`",
      ),
    successUrl: z.url(),
    failUrl: z.url(),
  })
  .meta({ id: 'BillingKeyRegistration' });

@ApiTags('BillingKeys')
@Controller('v1/billing-keys')
export class BillingKeysController {
  constructor(
    private readonly billingKeys: BillingKeysService,
    private readonly customers: CustomersService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** What the window that registers a card must be opened with. */
  @Get('registration')
  @ApiOperation({ summary: 'Read what the window for registering a card needs' })
  @Answers(200, registrationView, 'UNAUTHENTICATED', 'PROVIDER_MISCONFIGURED')
  async registration(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest) {
    if (this.settings.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const here = publicUrl(this.settings, request);
    return {
      customerKey: await this.customers.keyOf(caller.userId),
      clientKey: this.settings.tossBillingKeys.clientKey,
      successUrl: `${here}/v1/billing-keys/success`,
      failUrl: `${here}/v1/billing-keys/fail`,
    };
  }

  /** Puts a card on file. A subscription that renews itself renews from it from now on. */
  @Post()
  @ApiOperation({ summary: 'Register a card with the authKey of the window' })
  @ApiResponse({
    status: 202,
    description: 'Toss did not answer: send the same authKey again, or register the card anew',
    standardSchema: billingKeyView,
  })
  @Answers(
    201,
    billingKeyView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'BILLING_KEY_DECLINED',
    'TOO_MANY_REQUESTS',
    'PROVIDER_MISCONFIGURED',
  )
  async register(
    @CurrentCaller() caller: Caller,
    @Body({ schema: registration }) body: z.infer<typeof registration>,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const key = await this.billingKeys.register(body, caller.userId);
    if (key.status !== 'ACTIVE') reply.status(202);
    return viewBillingKey(key, languageOf(languages));
  }

  @Get()
  @ApiOperation({ summary: 'List cards on file' })
  @Answers(200, pageSchema(billingKeyView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return this.billingKeys.list(caller.userId, query, (key) => viewBillingKey(key, languageOf(languages)));
  }

  /** At Toss first, then here. A subscription that renews from it ends with its period, unless another card replaces it. */
  @Delete(':id')
  @ApiOperation({ summary: 'Delete a card on file' })
  @Answers(
    204,
    null,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'BILLING_KEY_NOT_FOUND',
    'PAYMENT_IN_PROGRESS',
    'PROVIDER_MISCONFIGURED',
    'PROVIDER_UNAVAILABLE',
  )
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: z.string().max(64) }) id: string,
    @Query({ schema: removeQuery }) { replaceWith }: z.infer<typeof removeQuery>,
  ) {
    if (!z.uuid().safeParse(id).success) throw new Problem('BILLING_KEY_NOT_FOUND');
    await this.billingKeys.remove(id, caller.userId, replaceWith);
  }
}
