import { Body, Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../../audit/index.ts';
import { ForOperators } from '../../auth/index.ts';
import { Idempotent } from '../../idempotency/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf, Problem } from '../../platform/problem.ts';
import { bankCodeOf } from '../../providers/index.ts';
import { refundView, viewRefund } from '../../refunds/index.ts';
import { GiveUpRefund } from './give-up-refund.ts';
import { RefundPayment } from './refund-payment.ts';
import { refundQuoteView, viewRefundQuote } from './refund-quote.view.ts';
import { RefundQuotes } from './refund-quotes.ts';

const omitted = <T>(given: T | null | undefined): T | undefined => given ?? undefined;

/** The provider's measures (Toss docs: reference, cancel). */
const refundReceiveAccount = z.object({
  bank: z
    .string()
    .max(30)
    .transform((name, context) => bankCodeOf(name) ?? (context.addIssue('a code or name of a bank of Korea'), z.NEVER))
    .describe('code, or Korean or English name'),
  accountNumber: z
    .string()
    .transform((text) => text.replaceAll(/[\s-]/g, ''))
    .pipe(z.string().regex(/^\d{1,20}$/, '1 to 20 digits')),
  holderName: z.string().trim().min(1).max(60),
});

const amount = z.int().min(1).max(2_147_483_647);

/** An admin who passes the window must give a reason that is longer than this. */
const MIN_REASON = 10;

const refundBody = z
  .object({
    orderId: z.string().max(64),
    reason: z.string().trim().min(1).max(200),
    amount: amount.nullish().transform(omitted).describe('whole won; left out: all that is left'),
    refundReceiveAccount: refundReceiveAccount
      .nullish()
      .transform(omitted)
      .describe('required for a virtual account that was paid'),
    overrideWindow: z.boolean().optional().describe('admins only; the reason must then be longer than 10 characters'),
    endSubscription: z.boolean().optional().describe('the subscription ends now, though a part of the money stays'),
  })
  .refine(({ overrideWindow, reason }) => !overrideWindow || reason.length > MIN_REASON, {
    path: ['reason'],
    message: `longer than ${MIN_REASON} characters to pass the window`,
  });
type RefundBody = z.infer<typeof refundBody>;

const giveUpBody = z.object({ reason: z.string().trim().min(1).max(500) });
type GiveUpBody = z.infer<typeof giveUpBody>;

const id = z.string().max(64);
const refunded = z.object({ message: z.string(), refund: refundView }).meta({ id: 'Refunded' });

const MESSAGES = {
  REFUNDED: { ko: '환불 완료', en: 'Refunded' },
  PENDING: { ko: '환불 확인 중', en: 'Refund being checked' },
};

@ApiTags('Refunds')
@ForOperators()
@Controller('v1')
export class RefundPaymentController {
  constructor(
    private readonly refunds: RefundPayment,
    private readonly quotes: RefundQuotes,
    private readonly givingUp: GiveUpRefund,
  ) {}

  @Post('refunds')
  @ApiOperation({ operationId: 'RefundsController_refund', summary: 'Refund a payment, in whole or in part' })
  @Idempotent('refunds.create')
  @ApiResponse({
    status: 202,
    description: 'The outcome is not known yet: `refund.status` is `PENDING`; poll `GET /v1/refunds/{id}`',
    standardSchema: refunded,
  })
  @Answers(
    201,
    refunded,
    'VALIDATION_FAILED',
    'REFUND_WINDOW_CLOSED',
    'REFUND_AMOUNT_EXCEEDED',
    'REFUND_ACCOUNT_REQUIRED',
    'UNAUTHENTICATED',
    'REFUND_DECLINED',
    'FORBIDDEN',
    'PAYMENT_NOT_FOUND',
    'PAYMENT_NOT_REFUNDABLE',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'IDEMPOTENCY_KEY_REUSED',
    'PROVIDER_MISCONFIGURED',
  )
  async refund(
    @Origin() origin: RequestOrigin,
    @Body({ schema: refundBody }) body: RefundBody,
    @Headers('accept-language') languages: string | undefined,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof refunded>> {
    if (body.overrideWindow && origin.role !== 'admin') throw new Problem('FORBIDDEN');
    const refund = await this.refunds.refund({ ...body, idempotencyKey }, origin);
    if (refund.status === 'PENDING') reply.status(202);
    const message = MESSAGES[refund.status === 'PENDING' ? 'PENDING' : 'REFUNDED'];
    return { message: message[languageOf(languages)], refund: viewRefund(refund, origin) };
  }

  @Post('refunds/:id/give-up')
  @ApiOperation({ operationId: 'RefundsController_giveUp', summary: 'Give up a refund that stays unknown' })
  @Answers(
    200,
    refundView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'REFUND_NOT_FOUND',
    'REFUND_NOT_PENDING',
    'REFUND_STILL_ASKED',
  )
  async giveUp(
    @Param('id', { schema: id }) id: string,
    @Body({ schema: giveUpBody }) { reason }: GiveUpBody,
    @Origin() origin: RequestOrigin,
  ) {
    return viewRefund(await this.givingUp.giveUp(id, reason, origin), origin);
  }

  /** What can be refunded, and what a refund of it all would do, before anything is pressed. */
  @Get('payments/:orderId/refund-quote')
  @ApiOperation({ operationId: 'RefundsController_quote', summary: 'Preview a refund; no money moves' })
  @Answers(200, refundQuoteView, 'UNAUTHENTICATED', 'FORBIDDEN', 'PAYMENT_NOT_FOUND')
  async quote(@Param('orderId', { schema: id }) orderId: string) {
    return viewRefundQuote(await this.quotes.quote(orderId));
  }
}
