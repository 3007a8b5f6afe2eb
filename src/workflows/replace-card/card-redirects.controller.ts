import { Controller, Get, Head, Headers, Inject, Logger, Query, Req, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ForAnyone } from '../../auth/index.ts';
import { checkoutConfig, httpConfig } from '../../config-namespaces.ts';
import { QueryParameters } from '../../platform/http/answers.ts';
import { publicUrl } from '../../platform/http/public-url.ts';
import { type Language, languageOf, Problem, PROBLEMS } from '../../platform/problem.ts';
import { windowFailure } from '../../providers/index.ts';
import { RegisterCard } from './register-card.ts';
import { registration } from './registration.schema.ts';

/**
 * Where Toss sends the browser of a buyer who registers a card. It carries no token: the customer key, which is
 * unguessable, identifies the buyer.
 */
@ApiTags('BillingKeys')
@Controller('v1/billing-keys')
export class CardRedirectsController {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly registering: RegisterCard,
    @Inject(checkoutConfig.KEY) private readonly config: ConfigType<typeof checkoutConfig>,
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
  ) {}

  /** A link checker's HEAD must not register anything: these addresses are for browsers that Toss sends. */
  @Head(['success', 'fail'])
  @ForAnyone()
  @ApiExcludeEndpoint()
  head() {
    throw new Problem('NOT_FOUND');
  }

  /** Puts the card on file, and sends the browser on. */
  @Get('success')
  @ApiOperation({
    operationId: 'BillingKeyRedirectsController_success',
    summary: 'Register a card after the window, in the browser',
  })
  @ForAnyone()
  @QueryParameters(registration)
  @ApiResponse({
    status: 303,
    description:
      'to `CHECKOUT_SUCCESS_URL?billingKeyId&status`, or `CHECKOUT_FAIL_URL?code&message`; to `/me` where unset',
  })
  async success(
    @Query() raw: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    try {
      const query = registration.safeParse(raw);
      if (!query.success) throw new Problem('VALIDATION_FAILED');
      const { id, status } = await this.registering.register(query.data, null);
      return await go(reply, this.checkout('success', request), { billingKeyId: id, status });
    } catch (error) {
      if (!(error instanceof Problem))
        this.log.error({ message: 'the redirect failed', error: (error as Error).stack });
      return go(reply, this.checkout('fail', request), inWords(error, languageOf(languages)));
    }
  }

  /** Sends the browser on: nothing was registered. */
  @Get('fail')
  @ApiOperation({
    operationId: 'BillingKeyRedirectsController_fail',
    summary: 'Return from a window in which no card was registered',
  })
  @ForAnyone()
  @ApiResponse({ status: 303, description: 'to `CHECKOUT_FAIL_URL?code&message`; to `/me` where it is not set' })
  fail(
    @Query({ schema: windowFailure }) query: z.infer<typeof windowFailure>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    this.log.warn({ message: 'a card was not registered in the window', code: query.code, reason: query.message });
    return go(reply, this.checkout('fail', request), query);
  }

  private checkout(page: 'success' | 'fail', request: FastifyRequest): URL {
    const set = page === 'success' ? this.config.checkoutSuccessUrl : this.config.checkoutFailUrl;
    return new URL(set ?? '/me', publicUrl(this.http, request));
  }
}

function go(reply: FastifyReply, target: URL, parameters: Record<string, string | undefined>) {
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) target.searchParams.set(name, value);
  // The address that was called holds the authKey, used up by now; it goes no further all the same.
  return reply.header('Cache-Control', 'no-store').header('Referrer-Policy', 'no-referrer').redirect(target.href, 303);
}

function inWords(error: unknown, language: Language) {
  const problem = error instanceof Problem ? error : new Problem('INTERNAL_ERROR');
  const toss = problem.extras.toss;
  return { code: problem.code, message: toss?.message ?? PROBLEMS[problem.code][language], tossCode: toss?.code };
}
