import { Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, onlyOwn } from '../../auth/index.ts';
import { paymentView, viewPayment } from '../../payments/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf } from '../../platform/problem.ts';
import { StopPayment } from './stop-payment.ts';

@ApiTags('Payments')
@Controller('v1/payments')
export class StopPaymentController {
  constructor(private readonly stopping: StopPayment) {}

  /**
   * Stops a first charge by card whose outcome is unknown: it is not requested again, and what was taken is refunded.
   */
  @Post(':orderId/cancel')
  @ApiOperation({ operationId: 'PaymentsController_stop', summary: 'Stop a first charge whose outcome is unknown' })
  @Answers(202, paymentView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'PAYMENT_NOT_FOUND', 'PAYMENT_NOT_STOPPABLE')
  async stop(
    @CurrentCaller() caller: Caller,
    @Param('orderId', { schema: z.string().max(64) }) id: string,
    @Headers('accept-language') languages: string | undefined,
  ) {
    return viewPayment(await this.stopping.stop(id, onlyOwn(caller)), languageOf(languages));
  }
}
