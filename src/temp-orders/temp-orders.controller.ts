import { Controller, Delete, Get, Param, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { TempOrderViewer, tempOrderView } from './temp-order.view.ts';
import { TempOrdersService } from './temp-orders.service.ts';

const orderId = z.string().max(64);

@ApiTags('TempOrders')
@Controller('v1/temp-orders')
export class TempOrdersController {
  constructor(
    private readonly tempOrders: TempOrdersService,
    private readonly viewer: TempOrderViewer,
  ) {}

  @Get(':orderId')
  @ApiOperation({ summary: 'Read an order that waits to be paid' })
  @Answers(200, tempOrderView, 'UNAUTHENTICATED', 'ORDER_NOT_FOUND', 'ORDER_EXPIRED')
  async get(
    @CurrentCaller() caller: Caller,
    @Param('orderId', { schema: orderId }) id: string,
    @Req() request: FastifyRequest,
  ) {
    return this.viewer.view(await this.tempOrders.get(caller.userId, id), request);
  }

  @Delete(':orderId')
  @ApiOperation({ summary: 'Withdraw an order' })
  @Answers(204, null, 'UNAUTHENTICATED', 'ORDER_NOT_FOUND', 'PAYMENT_IN_PROGRESS')
  async discard(@CurrentCaller() caller: Caller, @Param('orderId', { schema: orderId }) id: string) {
    await this.tempOrders.discard(caller.userId, id);
  }
}
