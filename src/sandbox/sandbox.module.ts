import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DateTime, Duration } from 'luxon';
import { z } from 'zod';
import { ForAnyone, isUserId, ROLES, Tokens } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { Clock } from '../platform/time/clock.ts';
import { SandboxClock } from './sandbox-clock.ts';
import { SandboxFaultsController } from './sandbox-faults.controller.ts';
import { SimulatorControl } from './simulator-control.ts';
import { TimeTravel } from './time-travel.ts';

const userId = z
  .union([z.string().min(1).max(64), z.int()])
  .transform(String)
  .refine(isUserId, '1 to 64 characters');
const tokenRequest = z.object({ userId, role: z.enum(ROLES).default('customer') });

const forward = (text: string) =>
  Duration.fromISO(text).isValid && Duration.fromISO(text).toMillis() >= 0 && Duration.fromISO(text).as('years') <= 50;
/** Far enough for any test, near enough for every column. */
const instant = (text: string) =>
  DateTime.fromISO(text).isValid && DateTime.fromISO(text).year >= 2000 && DateTime.fromISO(text).year < 2200;
const clockMove = z.union(
  [
    z.strictObject({ advance: z.string().refine(forward, 'an ISO 8601 duration that goes forward, for example P3D') }),
    z.strictObject({ set: z.string().refine(instant, 'an ISO 8601 time') }),
    z.strictObject({ reset: z.literal(true) }),
  ],
  'one of {advance: "P3D"}, {set: an ISO time}, {reset: true}',
);
const clockView = z.object({ now: z.iso.datetime() });

/** What a developer may do; none of it exists in production. */
@ApiTags('Sandbox')
@ForAnyone()
@Controller('v1/sandbox')
export class SandboxController {
  constructor(
    private readonly tokens: Tokens,
    private readonly clock: Clock,
    private readonly sandboxClock: SandboxClock,
  ) {}

  /** A token for any user. */
  @Post('tokens')
  @ApiOperation({ summary: 'Issue a token for any user (sandbox)' })
  @Answers(200, z.object({ token: z.string() }), 'VALIDATION_FAILED')
  async token(@Body({ schema: tokenRequest }) body: z.infer<typeof tokenRequest>) {
    return { token: await this.tokens.issue(body.userId, body.role) };
  }

  @Get('clock')
  @ApiOperation({ summary: 'Read the clock (sandbox)' })
  @Answers(200, clockView)
  now() {
    return { now: this.clock.now().toISOString() };
  }

  /** Moves the program's time. Tokens keep real time. */
  @Post('clock')
  @ApiOperation({ summary: 'Move the clock (sandbox)' })
  @Answers(200, clockView, 'VALIDATION_FAILED', 'WORKER_UNAVAILABLE')
  async move(@Body({ schema: clockMove }) body: z.infer<typeof clockMove>) {
    return { now: (await this.sandboxClock.move(body)).toISOString() };
  }
}

@Module({
  controllers: [SandboxController, SandboxFaultsController],
  providers: [SandboxClock, TimeTravel, SimulatorControl],
})
export class SandboxModule {}
