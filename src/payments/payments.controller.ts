import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { type Caller, CurrentCaller, ForOperators, isOperator, onlyOwn } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { languageOf, Problem } from '../platform/problem.ts';
import { PaymentStatus } from '../platform/database/index.ts';
import { ConfirmService } from './confirm.service.ts';
import { confirmView, viewConfirmed } from './confirmed.view.ts';
import { paymentView, viewPayment } from './payment.view.ts';
import { PaymentResolve } from './payment-resolve.ts';
import { PaymentStop } from './payment-stop.ts';
import { PaymentsService } from './payments.service.ts';

/** Toss's rules for what its redirect hands us (docs: reference, confirm). */
export const orderId = z.string().regex(/^[A-Za-z0-9_=-]{6,64}$/, "not an order id of Toss's form");
export const paymentKey = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters');
/** Whole won: a number, or its decimal string, as in the query of Toss's redirect and in Toss's own samples. */
const wholeWon = z.union([
  z.int(),
  z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/, 'whole won')
    .transform(Number),
]);
/** What Toss took. */
export const amount = wholeWon.pipe(z.int().min(1).max(2_147_483_647));
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

const resolveBody = z.strictObject({
  outcome: z.enum(['paid', 'not_paid']).describe("as the provider's dashboard shows it"),
  paymentKey: paymentKey.optional().describe('which payment it is, where none is known here'),
  reason: z.string().trim().min(1).max(500),
});

const listQuery = pageQuery.extend({
  userId: z.string().max(64).optional(),
  planId: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  status: z.enum(PaymentStatus).optional(),
  paymentKey: paymentKey.optional().describe('of any attempt of the order'),
  cardLast4: z
    .string()
    .regex(/^\d{3}[\d*]$/, 'four digits as on the receipt, the last of which may be masked (*)')
    .optional(),
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe("an order id, a user id, a payment key or a card's last four digits: whatever somebody has at hand"),
});

/** An order of 0 won is confirmed without a payment key. */
function keyOf({ amount, paymentKey: key }: z.infer<typeof confirmBody>): string | null {
  if (amount === 0) return null;
  if (key === undefined)
    throw new Problem('VALIDATION_FAILED', {
      errors: [{ path: 'paymentKey', message: 'required unless the amount is 0' }],
    });
  return key;
}

@ApiTags('Payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(
    private readonly confirms: ConfirmService,
    private readonly payments: PaymentsService,
    private readonly stopping: PaymentStop,
    private readonly resolving: PaymentResolve,
  ) {}

  @Post('confirm')
  @ApiOperation({ summary: 'Confirm a payment: take the money of an order once' })
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
    if (body.userId !== undefined && body.userId !== caller.userId) {
      throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'userId', message: 'not the user of this token' }] });
    }
    const confirmed = await this.confirms.confirm({ ...body, paymentKey: keyOf(body), userId: caller.userId });
    if (confirmed.payment.status === 'PENDING') reply.status(202);
    return viewConfirmed(confirmed, languageOf(languages));
  }

  @Get()
  @ApiOperation({ summary: 'List payments' })
  @Answers(200, pageSchema(paymentView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
    @Headers('accept-language') languages: string | undefined,
  ) {
    const filter = { ...query, userId: isOperator(caller) ? query.userId : caller.userId };
    return this.payments.list(filter, (payment) => viewPayment(payment, languageOf(languages)));
  }

  /** Stops a first charge by card whose outcome is unknown: it is not requested again, and what was taken is refunded. */
  @Post(':orderId/cancel')
  @ApiOperation({ summary: 'Stop a first charge whose outcome is unknown' })
  @Answers(202, paymentView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'PAYMENT_NOT_FOUND', 'PAYMENT_NOT_STOPPABLE')
  async stop(
    @CurrentCaller() caller: Caller,
    @Param('orderId', { schema: z.string().max(64) }) id: string,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return viewPayment(await this.stopping.stop(id, onlyOwn(caller)), languageOf(languages));
  }

  /** Ends a payment whose outcome stays unknown, with what the provider's dashboard shows. */
  @Post(':orderId/resolve')
  @ApiOperation({ summary: 'Resolve a payment that stays unknown' })
  @ForOperators()
  @Answers(
    200,
    paymentView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'PAYMENT_NOT_FOUND',
    'PAYMENT_NOT_PENDING',
    'PAYMENT_STILL_REQUESTED',
    'PROVIDER_SHOWS_OTHERWISE',
  )
  async resolve(
    @Origin() origin: RequestOrigin,
    @Param('orderId', { schema: z.string().max(64) }) id: string,
    @Body({ schema: resolveBody }) body: z.infer<typeof resolveBody>,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return viewPayment(await this.resolving.resolve(id, body, origin), languageOf(languages));
  }

  @Get(':orderId')
  @ApiOperation({ summary: 'Read a payment' })
  @Answers(200, paymentView, 'UNAUTHENTICATED', 'PAYMENT_NOT_FOUND')
  async get(
    @CurrentCaller() caller: Caller,
    @Param('orderId', { schema: z.string().max(64) }) id: string,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return viewPayment(await this.payments.get(id, onlyOwn(caller)), languageOf(languages));
  }
}
