import { Controller, Get, Headers, Inject, Logger, Query, Req, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { type Language, languageOf, Problem, PROBLEMS } from '../common/problem.ts';
import { publicUrl } from '../common/public-url.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { ConfirmService } from './confirm.service.ts';
import { Failures } from './failures.ts';
import { amount, orderId, paymentKey } from './payments.controller.ts';

const successQuery = z.object({ paymentKey, orderId, amount });
/** PAY_PROCESS_CANCELED, the buyer's closing of the window, comes without an order id (docs: SDK, failUrl). */
const failQuery = z.object({ code: z.string().regex(/^\w{1,100}$/).catch('UNKNOWN'), message: z.string().max(600).transform((text) => text.replaceAll('\0', '')).catch(''), orderId: orderId.optional().catch(undefined) });

/** Where Toss sends the buyer's browser. It carries no token: the order id, which nobody can guess, stands for the buyer. */
@ApiTags('Payments')
@Controller('v1/payments')
export class RedirectsController {
  private readonly log = new Logger('payments');

  constructor(
    private readonly confirms: ConfirmService,
    private readonly failures: Failures,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Confirms, and sends the browser on. A person is looking at it, so whatever happens ends on a page of the checkout's. */
  @Get('success')
  @ForAnyone()
  @ApiResponse({ status: 303, description: 'to `CHECKOUT_SUCCESS_URL?orderId&amount&paymentKey` (with `status` unless it is paid), or `CHECKOUT_FAIL_URL?code&message&orderId`' })
  async success(@Query() raw: unknown, @Headers('accept-language') languages: string | undefined, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const query = successQuery.safeParse(raw);
    try {
      if (!query.success) throw new Problem('VALIDATION_FAILED');
      const { payment } = await this.confirms.confirm({ ...query.data, userId: null });
      const unpaid = payment.status !== 'SUCCESS';
      const target = this.checkout('success', request);
      return await go(reply, target, { ...query.data, ...(unpaid && { status: payment.status }) });
    } catch (error) {
      if (!(error instanceof Problem)) this.log.error({ message: 'the redirect failed', orderId: query.data?.orderId, error: (error as Error).stack });
      const given = z.object({ orderId }).safeParse(raw).data;
      return go(reply, this.checkout('fail', request), { ...inWords(error, languageOf(languages)), orderId: given?.orderId });
    }
  }

  /** Records why the window failed, and sends the browser on. */
  @Get('fail')
  @ForAnyone()
  @ApiResponse({ status: 303, description: 'to `CHECKOUT_FAIL_URL?code&message&orderId`' })
  async fail(@Query({ schema: failQuery }) query: z.infer<typeof failQuery>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (query.orderId !== undefined) {
      await this.failures.recordWindowFailure(query.orderId, query.code, query.message).catch((error: Error) => {
        // A person is looking at the browser; what cannot be written down must not keep it from the page.
        this.log.error({ message: 'a failure was not recorded', orderId: query.orderId, error: error.stack });
      });
    }
    return go(reply, this.checkout('fail', request), query);
  }

  private checkout(page: 'success' | 'fail', request: FastifyRequest): URL {
    const set = page === 'success' ? this.settings.checkoutSuccessUrl : this.settings.checkoutFailUrl;
    return new URL(set ?? `/order-${page}`, publicUrl(this.settings, request));
  }
}

function go(reply: FastifyReply, target: URL, parameters: Record<string, string | number | undefined>) {
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) target.searchParams.set(name, String(value));
  return reply.header('Cache-Control', 'no-store').redirect(target.href, 303);
}

/** Our code and a sentence for the buyer; Toss's own, where Toss said no. */
function inWords(error: unknown, language: Language) {
  const problem = error instanceof Problem ? error : new Problem('INTERNAL_ERROR');
  const toss = problem.extras.toss;
  return { code: problem.code, message: toss?.message ?? PROBLEMS[problem.code][language], tossCode: toss?.code };
}
