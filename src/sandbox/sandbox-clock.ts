import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DateTime, Duration } from 'luxon';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../platform/time/clock.ts';
import { programConfig, tossConfig } from '../config-namespaces.ts';
import { WorkerRequests } from '../platform/worker-requests.ts';
import { PrismaService } from '../platform/database/index.ts';
import { TimeTravel } from './time-travel.ts';

export type ClockMove = { advance: string } | { set: string } | { reset: true };

/** Moves the program's time, and the simulator's with it. How far is kept over restarts. */
@Injectable()
export class SandboxClock implements OnModuleInit {
  private moving: Promise<unknown> = Promise.resolve();
  private moves = { begun: 0, ended: 0 };
  private readonly moveOnWorker: (move: ClockMove) => Promise<unknown>;

  constructor(
    private readonly clock: Clock,
    private readonly prisma: PrismaService,
    private readonly travel: TimeTravel,
    @Inject(programConfig.KEY) private readonly program: ConfigType<typeof programConfig>,
    @Inject(tossConfig.KEY) private readonly toss: ConfigType<typeof tossConfig>,
    workers: WorkerRequests,
  ) {
    this.moveOnWorker = workers.define('move-clock', (move: ClockMove) => this.moveHere(move));
  }

  async onModuleInit(): Promise<void> {
    this.clock.offsetMs = await this.keptOffset();
    await this.tellSimulator();
  }

  /** Another process on this database may have moved the clock. */
  @Interval(1_000)
  async follow(): Promise<void> {
    const { begun, ended } = this.moves;
    if (begun !== ended) return;
    const before = this.clock.offsetMs;
    const offsetMs = await this.keptOffset().catch(() => before);
    if (this.moves.begun !== begun || offsetMs === before) return;
    this.clock.offsetMs = offsetMs;
    await this.tellSimulator();
    if (offsetMs < before) await this.travel.clockWentBack();
  }

  /** One move at a time. When it answers, the scheduled jobs that fell due on the way have run, in order. */
  async move(move: ClockMove): Promise<Date> {
    await this.moveOnWorker(move);
    await this.follow();
    return this.clock.now();
  }

  private moveHere(move: ClockMove): Promise<void> {
    this.moves.begun++;
    const moved = this.moving.then(() => this.moveNow(move)).finally(() => this.moves.ended++);
    this.moving = moved.catch(() => undefined);
    return moved;
  }

  private async moveNow(move: ClockMove): Promise<void> {
    const target = this.targetOf(move);
    if (target > this.clock.now()) await this.travel.runUntil(target, (instant) => this.setTo(instant));
    else {
      await this.setTo(target);
      await this.travel.clockWentBack();
    }
    await this.keep();
  }

  private targetOf(move: ClockMove): Date {
    if ('reset' in move) return new Date();
    if ('set' in move) return new Date(move.set);
    // Months and days of the business calendar, so that P1M is the same day next month.
    return DateTime.fromJSDate(this.clock.now(), { zone: this.program.timeZone })
      .plus(Duration.fromISO(move.advance))
      .toJSDate();
  }

  private async setTo(instant: Date): Promise<void> {
    this.clock.offsetMs = instant.getTime() - Date.now();
    if (Math.abs(this.clock.offsetMs) < 1_000) this.clock.offsetMs = 0;
    await this.tellSimulator();
  }

  private async keptOffset(): Promise<number> {
    const row = await this.prisma.sandboxClock.findUnique({ where: { id: 1 } });
    return Number(row?.offsetMs ?? 0n);
  }

  private async keep(): Promise<void> {
    this.clock.offsetMs = Math.round(this.clock.offsetMs);
    const offsetMs = BigInt(this.clock.offsetMs);
    await this.prisma.sandboxClock.upsert({ where: { id: 1 }, create: { id: 1, offsetMs }, update: { offsetMs } });
  }

  private async tellSimulator(): Promise<void> {
    if (this.toss.simulatorUrl === null) return;
    await fetch(`${this.toss.simulatorUrl}/_clock`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ offsetMs: this.clock.offsetMs }),
    });
  }
}
