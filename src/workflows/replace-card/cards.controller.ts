import { Body, Controller, Delete, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../../auth/index.ts';
import { billingKeyView, viewBillingKey } from '../../payment-methods/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf, Problem } from '../../platform/problem.ts';
import { RegisterCard } from './register-card.ts';
import { registration } from './registration.schema.ts';
import { RemoveCard } from './remove-card.ts';

const removeQuery = z.object({
  replaceWith: z.uuid().optional().describe('the card that renews from now on what this one renewed'),
});

@ApiTags('BillingKeys')
@Controller('v1/billing-keys')
export class CardsController {
  constructor(
    private readonly registering: RegisterCard,
    private readonly removal: RemoveCard,
  ) {}

  /** Puts a card on file. A subscription that renews itself renews from it from now on. */
  @Post()
  @ApiOperation({
    operationId: 'BillingKeysController_register',
    summary: 'Register a card with the authKey of the window',
  })
  @ApiResponse({
    status: 202,
    description: 'Toss did not answer: send the same authKey again, or register the card again',
    standardSchema: billingKeyView,
  })
  @Answers(
    201,
    billingKeyView,
    ...(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'BILLING_KEY_DECLINED'] as const),
    ...(['TOO_MANY_REQUESTS', 'PROVIDER_MISCONFIGURED'] as const),
  )
  async register(
    @CurrentCaller() caller: Caller,
    @Body({ schema: registration }) body: z.infer<typeof registration>,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const key = await this.registering.register(body, caller.userId);
    if (key.status !== 'ACTIVE') reply.status(202);
    return viewBillingKey(key, languageOf(languages));
  }

  /**
   * At Toss first, then here. A subscription that renews from it ends with its period, unless another card replaces it.
   */
  @Delete(':id')
  @ApiOperation({ operationId: 'BillingKeysController_remove', summary: 'Delete a card on file' })
  @Answers(
    204,
    null,
    ...(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'BILLING_KEY_NOT_FOUND', 'PAYMENT_IN_PROGRESS'] as const),
    ...(['PROVIDER_MISCONFIGURED', 'PROVIDER_UNAVAILABLE'] as const),
  )
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: z.string().max(64) }) id: string,
    @Query({ schema: removeQuery }) { replaceWith }: z.infer<typeof removeQuery>,
  ) {
    if (!z.uuid().safeParse(id).success) throw new Problem('BILLING_KEY_NOT_FOUND');
    await this.removal.remove(id, caller.userId, replaceWith);
  }
}
