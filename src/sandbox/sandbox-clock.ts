import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DateTime, Duration } from 'luxon';
import { Clock } from '../platform/time/clock.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { PrismaService } from '../platform/database/index.ts';
import { Scheduler } from '../operations/index.ts';

export type ClockMove = { advance: string } | { set: string } | { reset: true };

/** Moves the program's time, and the simulator's with it. How far is kept over restarts. */
@Injectable()
export class SandboxClock implements OnModuleInit {
  private moving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly prisma: PrismaService,
    private readonly scheduler: Scheduler,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async onModuleInit(): Promise<void> {
    const row = await this.prisma.sandboxClock.findUnique({ where: { id: 1 } });
    this.clock.offsetMs = Number(row?.offsetMs ?? 0n);
    await this.tellSimulator();
  }

  /** One move at a time. When it answers, the scheduled jobs that fell due on the way have run, in order. */
  move(move: ClockMove): Promise<Date> {
    const moved = this.moving.then(() => this.moveNow(move));
    this.moving = moved.catch(() => undefined);
    return moved;
  }

  private async moveNow(move: ClockMove): Promise<Date> {
    const target = this.targetOf(move);
    if (target > this.clock.now()) await this.scheduler.runUntil(target, (instant) => this.setTo(instant));
    else {
      await this.setTo(target);
      await this.scheduler.clockWentBack();
    }
    await this.keep();
    return this.clock.now();
  }

  private targetOf(move: ClockMove): Date {
    if ('reset' in move) return new Date();
    if ('set' in move) return new Date(move.set);
    // Months and days of the business calendar, so that P1M is the same day next month.
    return DateTime.fromJSDate(this.clock.now(), { zone: this.settings.timeZone })
      .plus(Duration.fromISO(move.advance))
      .toJSDate();
  }

  private async setTo(instant: Date): Promise<void> {
    this.clock.offsetMs = instant.getTime() - Date.now();
    if (Math.abs(this.clock.offsetMs) < 1_000) this.clock.offsetMs = 0;
    await this.tellSimulator();
  }

  private async keep(): Promise<void> {
    const offsetMs = BigInt(Math.round(this.clock.offsetMs));
    await this.prisma.sandboxClock.upsert({ where: { id: 1 }, create: { id: 1, offsetMs }, update: { offsetMs } });
  }

  private async tellSimulator(): Promise<void> {
    if (this.settings.simulatorUrl === null) return;
    await fetch(`${this.settings.simulatorUrl}/_clock`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ offsetMs: this.clock.offsetMs }),
    });
  }
}
