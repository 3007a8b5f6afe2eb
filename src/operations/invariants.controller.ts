import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForOperators } from '../auth/index.ts';
import { Answers } from '../common/answers.ts';
import { Clock } from '../common/clock.ts';
import { Ages } from './ages.ts';
import { Invariants } from './invariants.ts';

const seconds = z.number().describe('seconds; 0: there is none');
const report = z
  .object({
    ok: z.boolean(),
    checkedAt: z.iso.datetime(),
    invariants: z.array(z.object({ name: z.string(), says: z.string(), ok: z.boolean(), broken: z.int().describe('how many rows are against it') })),
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
    private readonly ages: Ages,
    private readonly clock: Clock,
  ) {}

  /** Whether the books are well, looked at now. */
  @Get()
  @ApiOperation({ summary: 'Check every invariant' })
  @Answers(200, report, 'UNAUTHENTICATED', 'FORBIDDEN')
  async check(): Promise<z.infer<typeof report>> {
    const checked = await this.invariants.check();
    const { pendingPayment, webhook } = await this.ages.read();
    return {
      ok: checked.every(({ broken }) => broken === 0),
      checkedAt: this.clock.now().toISOString(),
      invariants: checked.map((one) => ({ ...one, ok: one.broken === 0 })),
      oldestPendingPaymentSeconds: pendingPayment,
      oldestUnprocessedWebhookSeconds: webhook,
    };
  }
}
