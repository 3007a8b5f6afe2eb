import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { PrismaService, type RenewalSwitch as Row, type Tx } from '../platform/database/index.ts';
import { Clock } from '../platform/time/clock.ts';

export type Pause = Pick<Row, 'pausedAt' | 'pausedBy' | 'reason'>;

const RUNNING: Pause = { pausedAt: null, pausedBy: null, reason: null };

/** The one switch with which operators stop all renewals. */
@Injectable()
export class RenewalSwitch {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly audit: AuditService,
  ) {}

  async read(tx: Tx = this.prisma): Promise<Pause> {
    return (await tx.renewalSwitch.findUnique({ where: { id: 1 } })) ?? RUNNING;
  }

  /** No card is charged from the next claim on; charges that are under way come to their end. */
  pause(origin: RequestOrigin, reason: string): Promise<Pause> {
    return this.set(origin, 'renewals.pause', { pausedAt: this.clock.now(), pausedBy: origin.userId, reason });
  }

  /** What fell due meanwhile is charged now. */
  resume(origin: RequestOrigin): Promise<Pause> {
    return this.set(origin, 'renewals.resume', RUNNING);
  }

  private async set(origin: RequestOrigin, action: string, after: Pause): Promise<Pause> {
    return this.prisma.atomically(async (tx) => {
      const before = await this.read(tx);
      await tx.renewalSwitch.upsert({ where: { id: 1 }, create: { id: 1, ...after }, update: after });
      const reason = after.reason === null ? {} : { reason: after.reason };
      await this.audit.record(tx, origin, { action, subject: 'renewals', before, after, ...reason });
      return after;
    });
  }
}
