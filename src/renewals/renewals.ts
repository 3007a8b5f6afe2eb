import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { type Plan, PrismaService, sql, sqlState, type Subscription } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';
import { Charging } from '../payments/index.ts';
import { balanceEntry, SubscriptionGrants } from '../subscriptions/index.ts';
import { type Claimed, RenewalClaims } from './renewal-claims.ts';

/** So many cards are asked about at once; Toss may need a minute for each. */
const AT_ONCE = 64;

/** A round of renewals, by as many lanes as there is work for. */
interface Round {
  renewed: number;
  /** Toss is silent, or refuses our keys: the rest stays due. */
  trouble: boolean;
}

/**
 * Charges what is due. What is due stands in the subscription's own row (`next_charge_at`), so nothing is forgotten when a process
 * dies, and any number of programs may do this at once: each takes one at a time, past what others have in their hands.
 */
@Injectable()
export class Renewals implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('renewals');
  private stopping = false;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: RenewalClaims,
    private readonly charging: Charging,
    private readonly grants: SubscriptionGrants,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('renew-subscriptions', async () => void (await this.jobs.single('renew-subscriptions', () => this.run())));
  }

  /** Begins no more charges; those under way are waited for, by whoever began the round. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** @returns how many were decided about, however it ended */
  async run(): Promise<number> {
    const round: Round = { renewed: 0, trouble: false };
    // One first: where it finds Toss silent, the others need not be claimed.
    if (!(await this.next(round)) || round.trouble) return round.renewed;
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.lane(round)));
    return round.renewed;
  }

  /** When the next one is due; null when none is, or renewals are paused. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ due: Date | null }[]>(sql`
      SELECT min(next_charge_at) AS due FROM subscription
      WHERE next_charge_at IS NOT NULL AND renewal_held_at IS NULL AND renewal_order_id IS NULL AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)`);
    return row!.due;
  }

  private async lane(round: Round): Promise<void> {
    while (!this.stopping && !round.trouble && (await this.next(round)));
  }

  /** @returns false when nothing is due any more */
  private async next(round: Round): Promise<boolean> {
    try {
      const claimed = await this.claims.claim();
      if (!claimed) return false;
      round.renewed++;
      if (await this.renew(claimed)) round.trouble = true;
    } catch (error) {
      // A defect, or the database is gone: the recoverer has what was claimed, and the rest stays due.
      this.log.error({ message: 'a renewal could not be settled', error: (error as Error).stack });
      round.trouble = true;
    }
    return true;
  }

  /** @returns whether there is trouble that the next one would meet too */
  private async renew(claimed: Claimed): Promise<boolean> {
    if (claimed.kind === 'charge') return (await this.charging.charge(claimed.asked)).trouble;
    if (claimed.kind === 'carry') {
      await this.carry(claimed);
      return false;
    }
    const { kind, subscriptionId } = claimed;
    if (kind === 'paid') this.log.error({ message: 'a period that is paid fell due again; it is not charged', subscriptionId });
    else this.log.warn({ message: kind === 'busy' ? 'renewal postponed: the buyer is paying otherwise' : 'not renewed: the buyer has not consented', subscriptionId });
    return false;
  }

  /** Below Toss's least: the period is granted, and what it costs is taken from the balance, which may owe the rest. */
  private async carry({ live, plan }: { live: Subscription; plan: Plan }): Promise<void> {
    const now = this.clock.now();
    const price = plan.price!;
    const bought = { planId: plan.id, months: plan.durationMonths!, value: price, price, takesOver: false, renews: true };
    const { writes } = this.grants.grant(live.userId, bought, { subscription: live, periods: [] }, now);
    try {
      await this.prisma.$executeRaw(sql`WITH settled AS (SELECT NULL::varchar AS order_id), ${writes}, carried AS (${balanceEntry(live.userId, -price, 'used', now)}) SELECT 1`);
      this.log.log({ message: 'renewed without a charge: too little to take', subscriptionId: live.id, price });
    } catch (error) {
      // Another lane was first, or the buyer: if it is still due, it is taken up again.
      if (sqlState(error) !== '23502' && sqlState(error) !== '23505') throw error;
    }
  }
}
