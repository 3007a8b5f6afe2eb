import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { type Caller, CurrentCaller, ForOperators, onlyOwn } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { languageOf, Problem } from '../platform/problem.ts';
import { RefundStatus } from '../platform/database/index.ts';
import { Idempotent } from '../idempotency/index.ts';
import { bankCodeOf } from '../providers/toss/index.ts';
import { refundQuoteView, refundView, viewRefund, viewRefundQuote } from './refund.view.ts';
import { RefundsService } from './refunds.service.ts';

/** Toss's measures (docs: reference, cancel). */
const refundReceiveAccount = z.object({
  bank: z
    .string()
    .max(30)
    .transform(
      (named, context) => bankCodeOf(named) ?? (context.addIssue('a code or name of a bank of Korea'), z.NEVER),
    )
    .describe('code, or Korean or English name'),
  accountNumber: z
    .string()
    .transform((text) => text.replaceAll(/[\s-]/g, ''))
    .pipe(z.string().regex(/^\d{1,20}$/, '1 to 20 digits')),
  holderName: z.string().trim().min(1).max(60),
});

/** Whoever passes over the window must say why, in more than a word. */
const LONGER_THAN = 10;

const refundBody = z
  .object({
    orderId: z.string().max(64),
    reason: z.string().trim().min(1).max(200),
    amount: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .nullish()
      .transform((given) => given ?? undefined)
      .describe('whole won; left out: all that is left'),
    refundReceiveAccount: refundReceiveAccount
      .nullish()
      .transform((given) => given ?? undefined)
      .describe('required for a virtual account that was paid'),
    overrideWindow: z.boolean().optional().describe('admins only; the reason must then be longer than 10 characters'),
    endSubscription: z.boolean().optional().describe('the subscription ends now, though a part of the money stays'),
  })
  .refine(({ overrideWindow, reason }) => !overrideWindow || reason.length > LONGER_THAN, {
    path: ['reason'],
    message: `longer than ${LONGER_THAN} characters to pass the window`,
  });

const giveUpBody = z.object({ reason: z.string().trim().min(1).max(500) });

const listQuery = pageQuery.extend({ orderId: z.string().max(64).optional(), status: z.enum(RefundStatus).optional() });
const refunded = z.object({ message: z.string(), refund: refundView }).meta({ id: 'Refunded' });

const MESSAGES = {
  REFUNDED: { ko: '환불 완료', en: 'Refunded' },
  PENDING: { ko: '환불 확인 중', en: 'Refund being checked' },
};

@ApiTags('Refunds')
@Controller('v1')
export class RefundsController {
  constructor(private readonly refunds: RefundsService) {}

  @Post('refunds')
  @ApiOperation({ summary: 'Refund a payment, in whole or in part' })
  @ForOperators()
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
    @Body({ schema: refundBody }) body: z.infer<typeof refundBody>,
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

  /** Lists refunds: an operator sees all, a customer their own. */
  @Get('refunds')
  @ApiOperation({ summary: 'List refunds' })
  @Answers(200, pageSchema(refundView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(@CurrentCaller() caller: Caller, @Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return this.refunds.list({ ...query, userId: onlyOwn(caller) }, (refund) => viewRefund(refund, caller));
  }

  /** Reads one refund: an operator any, a customer their own. */
  @Get('refunds/:id')
  @ApiOperation({ summary: 'Read a refund' })
  @Answers(200, refundView, 'UNAUTHENTICATED', 'REFUND_NOT_FOUND')
  async get(@CurrentCaller() caller: Caller, @Param('id', { schema: z.string().max(64) }) id: string) {
    return viewRefund(await this.refunds.get(id, onlyOwn(caller)), caller);
  }

  /** Gives up one that Toss has neither done nor refused. */
  @Post('refunds/:id/give-up')
  @ApiOperation({ summary: 'Give up a refund that stays unknown' })
  @ForOperators()
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
    @Param('id', { schema: z.string().max(64) }) id: string,
    @Body({ schema: giveUpBody }) { reason }: z.infer<typeof giveUpBody>,
    @Origin() origin: RequestOrigin,
  ) {
    return viewRefund(await this.refunds.giveUp(id, reason, origin), origin);
  }

  /** What can be refunded, and what a refund of it all would do, before anything is pressed. */
  @Get('payments/:orderId/refund-quote')
  @ApiOperation({ summary: 'Preview a refund; no money moves' })
  @ForOperators()
  @Answers(200, refundQuoteView, 'UNAUTHENTICATED', 'FORBIDDEN', 'PAYMENT_NOT_FOUND')
  async quote(@Param('orderId', { schema: z.string().max(64) }) orderId: string) {
    return viewRefundQuote(await this.refunds.quote(orderId));
  }
}
