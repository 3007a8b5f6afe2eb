import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { isDefect, PrismaService, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { type Asked, Charging } from '../payments/index.ts';
import { RenewalClaims } from './renewal-claims.ts';

/** So many charges are under way at once; the provider may need a minute for each. */
const LANES = 64;
/** So many are claimed by one transaction. */
const BATCH = 32;

/** A round of renewals, by as many lanes as there is work for. */
interface Round {
  renewed: number;
  /** Claimed, and waiting for a lane. */
  charges: Asked[];
  claiming: Promise<boolean> | null;
  /** The provider is silent or refuses our keys, or the database is gone: the rest stays due. */
  trouble: boolean;
}

/**
 * Charges what is due. What is due stands in the subscription's own row (`next_charge_at`), so nothing is forgotten when a process
 * dies, and any number of programs may do this at once: each takes a batch at a time, past what others have in their hands.
 */
@Injectable()
export class Renewals implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('renewals');
  private stopping = false;

  constructor(
    private readonly prisma: PrismaService,
    private readonly claims: RenewalClaims,
    private readonly charging: Charging,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(
      'renew-subscriptions',
      async () => void (await this.jobs.single('renew-subscriptions', () => this.run())),
    );
  }

  /** Begins no more charges; those under way are waited for, by whoever began the round. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** @returns how many were decided about, however it ended */
  async run(): Promise<number> {
    const round: Round = { renewed: 0, charges: [], claiming: null, trouble: false };
    // One first: where it finds the provider silent, the others need not be claimed.
    if (!(await this.claimInto(round, 1))) return round.renewed;
    await this.chargeNext(round);
    if (!round.trouble) await Promise.all(Array.from({ length: LANES }, () => this.lane(round)));
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
    while (!this.stopping && !round.trouble && (round.charges.length > 0 || (await this.claimMore(round))))
      await this.chargeNext(round);
    // While the program stops, what was claimed is still requested; in trouble it is left to the poller, its attempt is committed.
    while (!round.trouble && round.charges.length > 0) await this.chargeNext(round);
  }

  /** One claim at a time, for all lanes. @returns whether there may be more to do */
  private claimMore(round: Round): Promise<boolean> {
    round.claiming ??= this.claimInto(round, BATCH).finally(() => (round.claiming = null));
    return round.claiming;
  }

  private async claimInto(round: Round, limit: number): Promise<boolean> {
    try {
      const { charges, decided } = await this.claims.claim(limit);
      round.charges.push(...charges);
      round.renewed += decided;
      return decided > 0;
    } catch (error) {
      this.log.error({ message: 'renewals could not be claimed', error: (error as Error).stack });
      round.trouble = true;
      return false;
    }
  }

  /** One charge that cannot be recorded, for whatever defect, holds up no other: the poller has it. */
  private async chargeNext(round: Round): Promise<void> {
    const asked = round.charges.shift();
    if (!asked) return;
    try {
      if ((await this.charging.charge(asked)).trouble) round.trouble = true;
    } catch (error) {
      this.log.error({
        message: 'a renewal could not be recorded',
        orderId: asked.payment.orderId,
        error: (error as Error).stack,
      });
      if (!isDefect(error)) round.trouble = true;
    }
  }
}
