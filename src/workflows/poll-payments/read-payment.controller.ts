import { Controller, Get, Headers, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, onlyOwn } from '../../auth/index.ts';
import { paymentView, viewPayment } from '../../payments/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf } from '../../platform/problem.ts';
import { ReadPayment } from './read-payment.ts';

@ApiTags('Payments')
@Controller('v1/payments')
export class ReadPaymentController {
  constructor(private readonly payments: ReadPayment) {}

  @Get(':orderId')
  @ApiOperation({ operationId: 'PaymentsController_get', summary: 'Read a payment' })
  @Answers(200, paymentView, 'UNAUTHENTICATED', 'PAYMENT_NOT_FOUND')
  async get(
    @CurrentCaller() caller: Caller,
    @Param('orderId', { schema: z.string().max(64) }) id: string,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return viewPayment(await this.payments.get(id, onlyOwn(caller)), languageOf(languages));
  }
}
