import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForOperators } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { BacklogReader } from './backlog.ts';
import { Invariants } from './invariants.ts';

const seconds = z.number().describe('seconds; 0: there is none');
const report = z
  .object({
    ok: z.boolean(),
    checkedAt: z.iso.datetime(),
    invariants: z.array(
      z.object({
        name: z.string(),
        says: z.string(),
        ok: z.boolean(),
        broken: z.int().describe('how many rows break it; -1: they could not be counted'),
        error: z.enum(['timeout', 'failed']).nullable().describe('why they could not be counted; null: they were'),
      }),
    ),
    oldestPendingPaymentSeconds: seconds,
    oldestUnprocessedWebhookSeconds: seconds,
  })
  .meta({ id: 'Invariants' });

@ApiTags('Operations')
@ForOperators()
@Controller('v1/operations/invariants')
export class InvariantsController {
  constructor(
    private readonly invariants: Invariants,
    private readonly backlog: BacklogReader,
  ) {}

  /** Whether the records are consistent, checked now. One check runs at a time; callers meanwhile share the next. */
  @Get()
  @ApiOperation({ summary: 'Check every invariant' })
  @Answers(200, report, 'UNAUTHENTICATED', 'FORBIDDEN')
  async check(): Promise<z.infer<typeof report>> {
    const { checkedAt, invariants } = await this.invariants.check();
    const { pendingPayment, webhook } = await this.backlog.read();
    return {
      ok: invariants.every(({ broken }) => broken === 0),
      checkedAt: checkedAt.toISOString(),
      invariants: invariants.map((one) => ({ ...one, ok: one.broken === 0 })),
      oldestPendingPaymentSeconds: pendingPayment,
      oldestUnprocessedWebhookSeconds: webhook,
    };
  }
}
