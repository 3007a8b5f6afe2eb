import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { programConfig, tossConfig } from '../config-namespaces.ts';
import { sdkUrl } from './sdk-url.ts';

const paymentRequestView = z.object({
  methods: z
    .array(z.object({ supportedMethods: z.string(), data: z.record(z.string(), z.unknown()) }))
    .describe('the methods for the browser’s PaymentRequest'),
  buyerCurrency: z
    .object({ currency: z.string(), wonPerUnit: z.number() })
    .nullable()
    .describe('shown beside the amount in won; null: not shown'),
});

const checkoutConfigView = z
  .object({
    sandbox: z.boolean().describe('`/v1/sandbox/*` is open'),
    sdkUrl: z.url().describe("Toss's script for the browser; the simulator's in the sandbox"),
    cardsOnFile: z.boolean().describe('cards on file can be registered and charged'),
    timeZone: z.string().describe('the business calendar, for showing dates'),
    paymentRequest: paymentRequestView
      .nullable()
      .describe('null: the provider has no key for opening Apple Pay or Google Pay from a page'),
  })
  .meta({ id: 'CheckoutConfig' });

/** Public settings for pages: nothing secret. Not an inline script, which the pages' policy forbids. */
@ApiTags('Checkout')
@ForAnyone()
@Controller('v1/checkout-config')
export class CheckoutConfigController {
  constructor(
    @Inject(programConfig.KEY) private readonly program: ConfigType<typeof programConfig>,
    @Inject(tossConfig.KEY) private readonly toss: ConfigType<typeof tossConfig>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Read what a checkout page needs' })
  @Answers(200, checkoutConfigView)
  config(@Req() request: FastifyRequest): z.infer<typeof checkoutConfigView> {
    const { sandbox, timeZone } = this.program;
    // Toss shows wallets in its own window and has no key for showing them in a page (see docs/web.md).
    return {
      sandbox,
      cardsOnFile: this.toss.tossBillingKeys !== null,
      timeZone,
      sdkUrl: sdkUrl(this.toss, request).href,
      paymentRequest: null,
    };
  }
}
