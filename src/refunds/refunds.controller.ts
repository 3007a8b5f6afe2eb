import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, onlyOwn } from '../auth/index.ts';
import { RefundStatus } from '../platform/database/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { refundView, viewRefund } from './refund.view.ts';
import { RefundsService } from './refunds.service.ts';

const listQuery = pageQuery.extend({ orderId: z.string().max(64).optional(), status: z.enum(RefundStatus).optional() });
type ListQuery = z.infer<typeof listQuery>;
const id = z.string().max(64);

/** An operator reads all refunds, a customer their own. */
@ApiTags('Refunds')
@Controller('v1/refunds')
export class RefundsController {
  constructor(private readonly refunds: RefundsService) {}

  @Get()
  @ApiOperation({ summary: 'List refunds' })
  @Answers(200, pageSchema(refundView), 'VALIDATION_FAILED', 'UNAUTHENTICATED')
  list(@CurrentCaller() caller: Caller, @Query({ schema: listQuery }) query: ListQuery) {
    return this.refunds.list({ ...query, userId: onlyOwn(caller) }, (refund) => viewRefund(refund, caller));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a refund' })
  @Answers(200, refundView, 'UNAUTHENTICATED', 'REFUND_NOT_FOUND')
  async get(@CurrentCaller() caller: Caller, @Param('id', { schema: id }) id: string) {
    return viewRefund(await this.refunds.get(id, onlyOwn(caller)), caller);
  }
}
