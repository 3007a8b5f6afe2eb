import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, isOperator, onlyOwn } from '../auth/index.ts';
import { Answers, pageSchema } from '../common/answers.ts';
import { pageQuery } from '../common/page.ts';
import { languageOf, Problem } from '../common/problem.ts';
import { PaymentStatus } from '../db/index.ts';
import { ConfirmService } from './confirm.service.ts';
import { confirmView, viewConfirmed } from './confirmed.view.ts';
import { paymentView, viewPayment } from './payment.view.ts';
import { PaymentsService } from './payments.service.ts';

/** Toss's rules for what its redirect hands us (docs: reference, confirm). */
export const orderId = z.string().regex(/^[A-Za-z0-9_=-]{6,64}$/, "not an order id of Toss's form");
export const paymentKey = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters');
/** Whole won: a number, or its decimal string, as in the query of Toss's redirect and in Toss's own samples. */
export const amount = z
  .union([z.int(), z.string().regex(/^[1-9]\d{0,9}$/, 'whole won').transform(Number)])
  .pipe(z.int().min(1).max(2_147_483_647));
/** A number counts as its decimal string. */
const userId = z.union([z.string().max(64), z.number()]).transform(String);

const confirmBody = z.object({
  paymentKey,
  orderId,
  amount: amount.describe('whole won; a number or its decimal string'),
  userId: userId.optional().describe('if sent, must agree with the order'),
  planId: z.union([z.int(), z.string().regex(/^\d{1,9}$/).transform(Number)]).pipe(z.int().min(1).max(2_147_483_647)).optional().describe('if sent, must agree with the order'),
});

const listQuery = pageQuery.extend({
  userId: z.string().max(64).optional(),
  planId: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  status: z.enum(PaymentStatus).optional(),
  paymentKey: paymentKey.optional().describe('of any attempt of the order'),
  cardLast4: z.string().regex(/^\d{3}[\d*]$/, 'four digits as on the receipt, the last of which may be masked (*)').optional(),
  q: z.string().trim().min(1).max(200).optional().describe("an order id, a user id, a payment key or a card's last four digits: whatever somebody has at hand"),
});

@ApiTags('Payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(
    private readonly confirms: ConfirmService,
    private readonly payments: PaymentsService,
  ) {}

  @Post('confirm')
  @ApiOperation({ summary: 'Confirm a payment: take the money of an order once' })
  @ApiResponse({ status: 202, description: 'The outcome is not known yet: `payment.status` is `PENDING`; poll `GET /v1/payments/{orderId}`', standardSchema: confirmView })
  @Answers(
    200, confirmView, 'VALIDATION_FAILED', 'AMOUNT_MISMATCH', 'UNAUTHENTICATED', 'PAYMENT_DECLINED', 'ORDER_NOT_FOUND', 'ORDER_ALREADY_PAID',
    'PAYMENT_IN_PROGRESS', 'PAYMENT_KEY_USED', 'ORDER_OUTDATED', 'ORDER_EXPIRED', 'TOO_MANY_ATTEMPTS', 'PAYMENT_MISMATCH',
    'PROVIDER_MISCONFIGURED',
  )
  async confirm(
    @CurrentCaller() caller: Caller,
    @Body({ schema: confirmBody }) body: z.infer<typeof confirmBody>,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (body.userId !== undefined && body.userId !== caller.userId) {
      throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'userId', message: 'not the user of this token' }] });
    }
    const confirmed = await this.confirms.confirm({ ...body, userId: caller.userId });
    if (confirmed.payment.status === 'PENDING') reply.status(202);
    return viewConfirmed(confirmed, languageOf(languages));
  }

  @Get()
  @ApiOperation({ summary: 'List payments' })
  @Answers(200, pageSchema(paymentView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(@CurrentCaller() caller: Caller, @Query({ schema: listQuery }) query: z.infer<typeof listQuery>, @Headers('accept-language') languages: string | undefined) {
    const filter = { ...query, userId: isOperator(caller) ? query.userId : caller.userId };
    return this.payments.list(filter, (payment) => viewPayment(payment, languageOf(languages)));
  }

  @Get(':orderId')
  @ApiOperation({ summary: 'Read a payment' })
  @Answers(200, paymentView, 'UNAUTHENTICATED', 'PAYMENT_NOT_FOUND')
  async get(@CurrentCaller() caller: Caller, @Param('orderId', { schema: z.string().max(64) }) id: string, @Headers('accept-language') languages: string | undefined) {
    return viewPayment(await this.payments.get(id, onlyOwn(caller)), languageOf(languages));
  }
}
