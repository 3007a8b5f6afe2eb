import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../../auth/index.ts';
import { orderId, paymentKey, wholeWon } from '../../payments/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf, Problem } from '../../platform/problem.ts';
import { ConfirmPayment } from './confirm-payment.ts';
import { confirmView, viewConfirmed } from './confirmed.view.ts';

/** A number counts as its decimal string. */
const userId = z.union([z.string().max(64), z.number()]).transform(String);

const confirmBody = z.object({
  paymentKey: paymentKey.optional().describe('left out for an order of 0 won'),
  orderId,
  amount: wholeWon.pipe(z.int().min(0).max(2_147_483_647)).describe('whole won; a number or its decimal string'),
  userId: userId.optional().describe('if sent, must agree with the order'),
  planId: z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    ])
    .pipe(z.int().min(1).max(2_147_483_647))
    .optional()
    .describe('if sent, must agree with the order'),
});

/** An order of 0 won is confirmed without a payment key. */
function orderOf({ paymentKey: providerRef, ...body }: z.infer<typeof confirmBody>, { userId: caller }: Caller) {
  if (body.amount > 0 && providerRef === undefined) throw invalid('paymentKey', 'required unless the amount is 0');
  if (body.userId !== undefined && body.userId !== caller) throw invalid('userId', 'not the user of this token');
  return { ...body, providerRef: body.amount === 0 ? null : providerRef!, userId: caller };
}

function invalid(path: string, message: string): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ path, message }] });
}

@ApiTags('Payments')
@Controller('v1/payments')
export class ConfirmPaymentController {
  constructor(private readonly payments: ConfirmPayment) {}

  @Post('confirm')
  @ApiOperation({
    operationId: 'PaymentsController_confirm',
    summary: 'Confirm a payment: take the money of an order once',
  })
  @ApiResponse({
    status: 202,
    description: 'The outcome is not known yet: `payment.status` is `PENDING`; poll `GET /v1/payments/{orderId}`',
    standardSchema: confirmView,
  })
  @Answers(
    200,
    confirmView,
    'VALIDATION_FAILED',
    'AMOUNT_MISMATCH',
    'UNAUTHENTICATED',
    'PAYMENT_DECLINED',
    'ORDER_NOT_FOUND',
    'ORDER_ALREADY_PAID',
    'PAYMENT_IN_PROGRESS',
    'PAYMENT_KEY_USED',
    'ORDER_OUTDATED',
    'ORDER_EXPIRED',
    'TOO_MANY_ATTEMPTS',
    'PAYMENT_MISMATCH',
    'PROVIDER_MISCONFIGURED',
  )
  async confirm(
    @CurrentCaller() caller: Caller,
    @Body({ schema: confirmBody }) body: z.infer<typeof confirmBody>,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const confirmed = await this.payments.confirm(orderOf(body, caller));
    if (confirmed.payment.status === 'PENDING') reply.status(202);
    return viewConfirmed(confirmed, languageOf(languages));
  }
}
