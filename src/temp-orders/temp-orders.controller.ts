import { Body, Controller, Delete, Get, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { publicUrl } from '../platform/http/public-url.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { Idempotent } from '../idempotency/index.ts';
import { changeQuoteView } from '../subscriptions/index.ts';
import { type TempOrderWithCustomer, TempOrdersService } from './temp-orders.service.ts';

const newTempOrder = z.strictObject({
  planId: z.int().min(1).max(2_147_483_647),
  amount: z
    .int()
    .max(1_000_000_000)
    .optional()
    .describe('whole won, 100 to 10,000,000; only for a plan without a price'),
});
const orderId = z.string().max(64);

const prorationView = changeQuoteView.extend({ fromPlanId: z.int() }).meta({ id: 'Proration' });

const tempOrderView = z
  .object({
    orderId: z.string(),
    orderName: z.string(),
    planId: z.int(),
    amount: z
      .int()
      .describe(
        'whole won; what the payment window must be opened with. 0: the balance covers it; confirm it with `{orderId, amount: 0}`',
      ),
    currency: z.string(),
    customerKey: z.string().describe("the buyer's name at Toss"),
    clientKey: z.string().describe("Toss's public key for the browser SDK"),
    successUrl: z.url(),
    failUrl: z.url(),
    balanceUsed: z.int().describe("of the buyer's balance, in won; amount + this is what is bought"),
    proration: prorationView.nullable().describe('how the amount came about, when it buys a change of plan'),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'TempOrder' });

@ApiTags('TempOrders')
@Controller('v1/temp-orders')
export class TempOrdersController {
  constructor(
    private readonly tempOrders: TempOrdersService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Order a plan, with the amount that the server sets' })
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
    return this.view(await this.tempOrders.create(caller.userId, body), request);
  }

  @Get(':orderId')
  @ApiOperation({ summary: 'Read an order that waits to be paid' })
  @Answers(200, tempOrderView, 'UNAUTHENTICATED', 'ORDER_NOT_FOUND', 'ORDER_EXPIRED')
  async get(
    @CurrentCaller() caller: Caller,
    @Param('orderId', { schema: orderId }) id: string,
    @Req() request: FastifyRequest,
  ) {
    return this.view(await this.tempOrders.get(caller.userId, id), request);
  }

  @Delete(':orderId')
  @ApiOperation({ summary: 'Withdraw an order' })
  @Answers(204, null, 'UNAUTHENTICATED', 'ORDER_NOT_FOUND', 'PAYMENT_IN_PROGRESS')
  async discard(@CurrentCaller() caller: Caller, @Param('orderId', { schema: orderId }) id: string) {
    await this.tempOrders.discard(caller.userId, id);
  }

  private view(order: TempOrderWithCustomer, request: FastifyRequest): z.infer<typeof tempOrderView> {
    const here = publicUrl(this.settings, request);
    return {
      orderId: order.orderId,
      orderName: order.orderName,
      planId: order.planId,
      amount: order.amount,
      currency: order.currency,
      customerKey: order.customerKey,
      clientKey: this.settings.tossClientKey,
      successUrl: `${here}/v1/payments/success`,
      // Toss sends no order id when the buyer closes the window: ours stands in the path.
      failUrl: `${here}/v1/payments/fail/${order.orderId}`,
      balanceUsed: order.balanceUsed,
      // What was stored is what was quoted, its instants already as text; what only the claim needs is left out.
      proration: order.change === null ? null : prorationView.parse(order.change),
      expiresAt: order.expiresAt.toISOString(),
    };
  }
}
