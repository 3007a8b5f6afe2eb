import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../../auth/index.ts';
import { Idempotent } from '../../idempotency/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { TempOrderViewer, tempOrderView } from '../../temp-orders/index.ts';
import { PlaceOrder } from './place-order.ts';

const newTempOrder = z.strictObject({
  planId: z.int().min(1).max(2_147_483_647),
  amount: z
    .int()
    .max(1_000_000_000)
    .optional()
    .describe('whole won, 100 to 10,000,000; only for a plan without a price'),
});

@ApiTags('TempOrders')
@Controller('v1/temp-orders')
export class PlaceOrderController {
  constructor(
    private readonly orders: PlaceOrder,
    private readonly viewer: TempOrderViewer,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'TempOrdersController_create',
    summary: 'Order a plan, with the amount that the server sets',
  })
  @Idempotent('temp-orders.create')
  @Answers(
    201,
    tempOrderView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'PLAN_NOT_FOUND',
    'PLAN_NOT_FOR_SALE',
    'DOWNGRADE_AT_PERIOD_END',
    'NOTHING_TO_PAY',
    'TOO_MANY_OPEN_ORDERS',
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'IDEMPOTENCY_KEY_REUSED',
  )
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newTempOrder }) body: z.infer<typeof newTempOrder>,
    @Req() request: FastifyRequest,
  ) {
    return this.viewer.view(await this.orders.place(caller.userId, body), request);
  }
}
