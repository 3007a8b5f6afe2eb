import { Controller, Get, Headers, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, isOperator } from '../auth/index.ts';
import { PaymentStatus } from '../platform/database/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { languageOf } from '../platform/problem.ts';
import { paymentKey } from './payment.schema.ts';
import { paymentView, viewPayment } from './payment.view.ts';
import { PaymentsService } from './payments.service.ts';

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
    .describe("an order id, a user id, a payment key or a card's last four digits"),
});

@ApiTags('Payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

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
}
