import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, type Refund, sql } from '../platform/database/index.ts';
import { type Answered, RefundAsking } from './refund-asking.ts';
import { RefundClaims } from './refund-claims.ts';

/**
 * Brings every refund to its end, whoever began it and died. What is due stands in the refund's own row (`next_try_at`), so
 * nothing is forgotten: whoever sweeps next takes it up.
 */
@Injectable()
export class RefundRecovery {
  private readonly log = new Logger('refunds');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: RefundClaims,
    private readonly asking: RefundAsking,
  ) {}

  /** Asks about every refund that is due. Stops at the first silence of Toss. @returns how many came to their end */
  async sweep(): Promise<number> {
    for (let settled = 0; ;) {
      const refund = await this.claims.take(sql`true`, this.asking.leaseMs);
      if (!refund) return settled;
      const answered = await this.attempt(refund);
      if (answered === 'silence') return settled;
      if (answered === 'settled') settled++;
    }
  }

  /** When the next one is due; null when none is. */
  async nextDue(): Promise<Date | null> {
    const { _min } = await this.prisma.refund.aggregate({
      where: { nextTryAt: { not: null } },
      _min: { nextTryAt: true },
    });
    return _min.nextTryAt;
  }

  /** Asks now about one of them, if its turn has come. @returns null if it has not, or somebody else is at it */
  async askNow(id: string): Promise<Answered | null> {
    const refund = await this.claims.take(sql`mine.id = ${id}::uuid`, this.asking.leaseMs);
    return refund && this.attempt(refund);
  }

  /** The sandbox's clock went back: what was due at a time that is now far ahead is due now. */
  async clockWentBack(): Promise<void> {
    const now = this.clock.now();
    await this.prisma.refund.updateMany({ where: { nextTryAt: { gt: now } }, data: { nextTryAt: now } });
    await this.prisma.refund.updateMany({
      where: { status: 'PENDING', requestedAt: { gt: now } },
      data: { requestedAt: now },
    });
  }

  /** One refund that meets a defect must not hold up the others; its lease brings it back. */
  private async attempt(refund: Refund): Promise<Answered> {
    try {
      return await this.asking.ask(refund);
    } catch (error) {
      this.log.error({
        message: 'a refund could not be asked about',
        refundId: refund.id,
        orderId: refund.orderId,
        error: (error as Error).stack,
      });
      return 'open';
    }
  }
}
