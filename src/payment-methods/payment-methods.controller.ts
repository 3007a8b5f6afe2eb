import { Controller, Get, Headers, Inject, Query, Req } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../auth/index.ts';
import { httpConfig, tossConfig } from '../config-namespaces.ts';
import { CustomersService } from '../customers/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { publicUrl } from '../platform/http/public-url.ts';
import { pageQuery } from '../platform/page.ts';
import { languageOf, Problem } from '../platform/problem.ts';
import { billingKeyView, viewBillingKey } from './payment-method.view.ts';
import { PaymentMethodsService } from './payment-methods.service.ts';

const registrationView = z
  .object({
    customerKey: z.string().describe("the buyer's name at Toss"),
    clientKey: z
      .string()
      .describe(
        "Toss's public key for the browser SDK: " +
          '`TossPayments(clientKey).payment({customerKey}).requestBillingAuth(...)`',
      ),
    successUrl: z.url(),
    failUrl: z.url(),
  })
  .meta({ id: 'BillingKeyRegistration' });

@ApiTags('BillingKeys')
@Controller('v1/billing-keys')
export class PaymentMethodsController {
  constructor(
    private readonly methods: PaymentMethodsService,
    private readonly customers: CustomersService,
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
    @Inject(tossConfig.KEY) private readonly toss: ConfigType<typeof tossConfig>,
  ) {}

  /** What the window that registers a card must be opened with. */
  @Get('registration')
  @ApiOperation({
    operationId: 'BillingKeysController_registration',
    summary: 'Read what the window for registering a card needs',
  })
  @Answers(200, registrationView, 'UNAUTHENTICATED', 'PROVIDER_MISCONFIGURED')
  async registration(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest) {
    if (this.toss.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const here = publicUrl(this.http, request);
    return {
      customerKey: await this.customers.keyOf(caller.userId),
      clientKey: this.toss.tossBillingKeys.clientKey,
      successUrl: `${here}/v1/billing-keys/success`,
      failUrl: `${here}/v1/billing-keys/fail`,
    };
  }

  @Get()
  @ApiOperation({ operationId: 'BillingKeysController_list', summary: 'List cards on file' })
  @Answers(200, pageSchema(billingKeyView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return this.methods.list(caller.userId, query, (key) => viewBillingKey(key, languageOf(languages)));
  }
}
