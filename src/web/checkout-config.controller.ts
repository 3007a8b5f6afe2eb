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
    .describe('what the browser’s PaymentRequest is made with'),
  buyerCurrency: z
    .object({ currency: z.string(), wonPerUnit: z.number() })
    .nullable()
    .describe('shown beside the won that are charged; null: nothing is'),
});

const checkoutConfigView = z
  .object({
    sandbox: z.boolean().describe('`/v1/sandbox/*` is open'),
    sdkUrl: z.url().describe("Toss's script for the browser; the simulator's in the sandbox"),
    cardsOnFile: z.boolean().describe('a card can be registered and charged later: Toss’s keys allow it'),
    timeZone: z.string().describe('the business calendar: dates are shown in it'),
    paymentRequest: paymentRequestView
      .nullable()
      .describe('null: the provider gives no key with which a page may open Apple Pay or Google Pay by itself'),
  })
  .meta({ id: 'CheckoutConfig' });

/** What a page must know before it can do anything. Nothing secret, and never in an inline script, which the pages' policy forbids. */
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
    // Toss shows the wallets in its own window and has no key for a page to show them itself (docs/web.md says what is missing).
    return {
      sandbox,
      cardsOnFile: this.toss.tossBillingKeys !== null,
      timeZone,
      sdkUrl: sdkUrl(this.toss, request).href,
      paymentRequest: null,
    };
  }
}
