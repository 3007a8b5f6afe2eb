import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { SimulatorControl } from './simulator-control.ts';

const name = z.string().regex(/^[a-z_]{1,40}$/);
const newFault = z.strictObject({
  on: name.describe('confirm, cancel, get, webhook, ... (simulator/README.md)'),
  kind: name.describe('decline, drop_after, duplicate, ... (simulator/faults.ts)'),
  times: z.int().min(1).max(100).default(1),
});
const faultView = z.object({
  on: z.string(),
  kind: z.string(),
  left: z.int().describe('how often it will strike yet'),
});
const faults = z.object({ data: z.array(faultView) });
const deposit = z.strictObject({ orderId: z.string().min(1).max(64) });

/** What goes wrong next at the simulated Toss, and what a buyer does at their bank. */
@ApiTags('Sandbox')
@ForAnyone()
@Controller('v1/sandbox')
export class SandboxFaultsController {
  constructor(private readonly simulator: SimulatorControl) {}

  /** What waits for its payment. */
  @Get('faults')
  @ApiOperation({ summary: 'List the faults that wait at the simulator (sandbox)' })
  @Answers(200, faults, 'NOT_FOUND')
  async list(): Promise<z.infer<typeof faults>> {
    const waiting = (await this.simulator.call('GET', '/_faults')) as z.infer<typeof faultView>[];
    return { data: waiting.map(({ on, kind, left }) => ({ on, kind, left })) };
  }

  /** Strikes the next payment of any buyer. */
  @Post('faults')
  @ApiOperation({ summary: 'Add a fault at the simulator (sandbox)' })
  @Answers(200, faults, 'VALIDATION_FAILED', 'NOT_FOUND')
  async add(@Body({ schema: newFault }) body: z.infer<typeof newFault>) {
    await this.simulator.call('POST', '/_faults', body);
    return this.list();
  }

  @Delete('faults')
  @ApiOperation({ summary: 'Clear the faults at the simulator (sandbox)' })
  @Answers(200, faults, 'NOT_FOUND')
  async clear() {
    await this.simulator.call('DELETE', '/_faults');
    return this.list();
  }

  /** The buyer pays into the virtual account of an order. */
  @Post('deposits')
  @ApiOperation({ summary: 'Pay into a virtual account (sandbox)' })
  @Answers(200, deposit, 'VALIDATION_FAILED', 'NOT_FOUND')
  async deposit(@Body({ schema: deposit }) body: z.infer<typeof deposit>) {
    await this.simulator.call('POST', '/_deposits', body);
    return body;
  }
}
