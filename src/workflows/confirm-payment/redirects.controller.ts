import { Controller, Get, Head, Headers, Inject, Logger, Param, Query, Req, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ForAnyone } from '../../auth/index.ts';
import { QueryParameters } from '../../platform/http/answers.ts';
import { type Language, languageOf, Problem, PROBLEMS } from '../../platform/problem.ts';
import { publicUrl } from '../../platform/http/public-url.ts';
import { checkoutConfig, httpConfig } from '../../config-namespaces.ts';
import type { Payment } from '../../platform/database/index.ts';
import { windowFailure } from '../../providers/index.ts';
import { amount, orderId, PaymentFailures, paymentKey, PaymentsService } from '../../payments/index.ts';
import { ConfirmPayment } from './confirm-payment.ts';

const TO_SUCCESS =
  'to `CHECKOUT_SUCCESS_URL?orderId&amount&paymentKey&paymentType` (with `status` unless it is paid), ' +
  'or `CHECKOUT_FAIL_URL?code&message&orderId`';
const TO_FAIL =
  'to `CHECKOUT_FAIL_URL?code&message&orderId`; where the order is paid, or may be, to `CHECKOUT_SUCCESS_URL`';

const successQuery = z.object({
  paymentKey,
  orderId,
  amount,
  paymentType: z
    .string()
    .regex(/^\w{1,30}$/)
    .optional()
    .catch(undefined)
    .describe("Toss's word, passed on: NORMAL, BRANDPAY"),
});
/** PAY_PROCESS_CANCELED, the buyer's closing of the window, comes without an order id (docs: SDK, failUrl). */
const failQueryWithOrder = windowFailure.extend({ orderId: orderId.optional().catch(undefined) });

type WindowFailure = z.infer<typeof failQueryWithOrder>;

/**
 * Where Toss sends the buyer's browser. It carries no token: the order id, which cannot be guessed, stands for the
 * buyer.
 */
@ApiTags('Payments')
@Controller('v1/payments')
export class RedirectsController {
  private readonly log = new Logger('payments');

  constructor(
    private readonly confirms: ConfirmPayment,
    private readonly failures: PaymentFailures,
    private readonly payments: PaymentsService,
    @Inject(checkoutConfig.KEY) private readonly config: ConfigType<typeof checkoutConfig>,
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
  ) {}

  /** A link checker's HEAD must not confirm anything: these addresses are for browsers that Toss sends. */
  @Head(['success', 'fail', 'fail/:orderId'])
  @ForAnyone()
  @ApiExcludeEndpoint()
  head() {
    throw new Problem('NOT_FOUND');
  }

  /**
   * Confirms the payment and sends the browser on. A person is looking at it, so whatever happens ends on a page of the
   * checkout's.
   */
  @Get('success')
  @ApiOperation({ summary: 'Confirm a payment after the window, in the browser' })
  @ForAnyone()
  @QueryParameters(successQuery)
  @ApiResponse({ status: 303, description: TO_SUCCESS })
  async success(
    @Query() raw: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const query = successQuery.safeParse(raw);
    const given = z.object({ orderId }).safeParse(raw).data;
    try {
      if (!query.success) throw new Problem('VALIDATION_FAILED');
      const { payment } = await this.confirms.confirm(orderOf(query.data));
      return await this.toSuccess(payment, request, reply, query.data.paymentType);
    } catch (error) {
      if (!(error instanceof Problem))
        this.log.error({ message: 'the redirect failed', orderId: given?.orderId, error: (error as Error).stack });
      // A second tab, or a reload with another key: what the first has paid is what the buyer must read.
      const paid = await this.standing(given?.orderId);
      if (paid) return this.toSuccess(paid, request, reply);
      return go(reply, this.checkout('fail', request), {
        ...inWords(error, languageOf(languages)),
        orderId: given?.orderId,
      });
    }
  }

  /** Records why the window failed and sends the browser on: to the success page where the order is paid, or may be. */
  @Get('fail')
  @ApiOperation({ summary: 'Record a failed window, the order in the query' })
  @ForAnyone()
  @ApiResponse({ status: 303, description: TO_FAIL })
  fail(
    @Query({ schema: failQueryWithOrder }) failure: WindowFailure,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.failed(failure, request, reply);
  }

  /** The same with the order in the path, the `failUrl` of an order: Toss names none when the window is closed. */
  @Get('fail/:orderId')
  @ApiOperation({ summary: 'Record a failed window of an order' })
  @ForAnyone()
  @ApiResponse({ status: 303, description: TO_FAIL })
  failOf(
    @Param('orderId', { schema: orderId.optional().catch(undefined) }) id: string | undefined,
    @Query({ schema: windowFailure }) failure: z.infer<typeof windowFailure>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.failed({ ...failure, orderId: id }, request, reply);
  }

  private async failed(failure: WindowFailure, request: FastifyRequest, reply: FastifyReply) {
    const { code, message, orderId: id } = failure;
    const paid = await this.standing(id);
    if (paid) return this.toSuccess(paid, request, reply);
    if (id !== undefined) {
      await this.failures.recordWindowFailure(id, code, message).catch((error: Error) => {
        // A person is looking at the browser; what cannot be written down must not keep it from the page.
        this.log.error({ message: 'a failure was not recorded', orderId: id, error: error.stack });
      });
    }
    return go(reply, this.checkout('fail', request), failure);
  }

  /** The order's payment where it is paid, or may be. A database that is away must not keep the browser from a page. */
  private standing(id: string | undefined) {
    return id === undefined ? null : this.payments.standing(id).catch(() => null);
  }

  private toSuccess(payment: Payment, request: FastifyRequest, reply: FastifyReply, paymentType?: string) {
    const { orderId: id, amount: total, providerRef: key, status } = payment;
    const unpaid = status !== 'SUCCESS';
    const query = { paymentType, orderId: id, amount: total, paymentKey: key ?? undefined, ...(unpaid && { status }) };
    return go(reply, this.checkout('success', request), query);
  }

  private checkout(page: 'success' | 'fail', request: FastifyRequest): URL {
    const set = page === 'success' ? this.config.checkoutSuccessUrl : this.config.checkoutFailUrl;
    return new URL(set ?? `/order-${page}`, publicUrl(this.http, request));
  }
}

/** The order id, which is unguessable, stands for the buyer. */
function orderOf({ orderId: id, amount: total, paymentKey: providerRef }: z.infer<typeof successQuery>) {
  return { orderId: id, amount: total, providerRef, userId: null };
}

function go(reply: FastifyReply, target: URL, parameters: Record<string, string | number | undefined>) {
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) target.searchParams.set(name, String(value));
  return reply.header('Cache-Control', 'no-store').redirect(target.href, 303);
}

/** Our code and a sentence for the buyer; Toss's own, where Toss declined. */
function inWords(error: unknown, language: Language) {
  const problem = error instanceof Problem ? error : new Problem('INTERNAL_ERROR');
  const toss = problem.extras.toss;
  return { code: problem.code, message: toss?.message ?? PROBLEMS[problem.code][language], tossCode: toss?.code };
}
