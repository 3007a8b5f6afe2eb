import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../../audit/index.ts';
import { ForOperators } from '../../auth/index.ts';
import { paymentKey, paymentView, viewPayment } from '../../payments/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf } from '../../platform/problem.ts';
import { ResolvePayment } from './resolve-payment.ts';

const resolveBody = z.strictObject({
  outcome: z.enum(['paid', 'not_paid']).describe("as the provider's dashboard shows it"),
  paymentKey: paymentKey.optional().describe('which payment it is, where none is known here'),
  reason: z.string().trim().min(1).max(500),
});

@ApiTags('Payments')
@Controller('v1/payments')
export class ResolvePaymentController {
  constructor(private readonly resolving: ResolvePayment) {}

  /** Ends a payment whose outcome stays unknown, with what the provider's dashboard shows. */
  @Post(':orderId/resolve')
  @ApiOperation({ operationId: 'PaymentsController_resolve', summary: 'Resolve a payment that stays unknown' })
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
    return viewPayment(
      await this.resolving.resolve(id, { ...body, providerRef: body.paymentKey }, origin),
      languageOf(languages),
    );
  }
}
