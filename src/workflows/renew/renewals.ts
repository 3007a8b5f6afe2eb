import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { isDefect } from '../../platform/database/index.ts';
import { JobsService } from '../../platform/jobs/index.ts';
import type { Attempt } from '../../payments/index.ts';
import { ChargeCard } from '../charge-card/index.ts';
import { BeginRenewals } from './begin-renewals.ts';
import { DueRenewals } from './due-renewals.repository.ts';

/** So many charges are under way at once; the provider may need a minute for each. */
const LANES = 64;
/** So many are begun by one transaction. */
const BATCH = 32;

/** A round of renewals, by as many lanes as there is work for. */
interface Round {
  renewed: number;
  /** Begun, and waiting for a lane. */
  charges: Attempt[];
  beginning: Promise<boolean> | null;
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
    private readonly due: DueRenewals,
    private readonly renewals: BeginRenewals,
    private readonly cards: ChargeCard,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(
      'renew-subscriptions',
      async () => void (await this.jobs.single('renew-subscriptions', () => this.run())),
    );
  }

  /** Begins no more charges; those under way are waited for. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** @returns how many were decided about, however it ended */
  async run(): Promise<number> {
    const round: Round = { renewed: 0, charges: [], beginning: null, trouble: false };
    // One first: where it finds the provider silent, the others need not be begun.
    if (!(await this.beginInto(round, 1))) return round.renewed;
    await this.chargeNext(round);
    if (!round.trouble) await Promise.all(Array.from({ length: LANES }, () => this.lane(round)));
    return round.renewed;
  }

  /** When the next one is due; null when none is, or renewals are paused. */
  nextDue(): Promise<Date | null> {
    return this.due.nextDue();
  }

  private async lane(round: Round): Promise<void> {
    while (!this.stopping && !round.trouble && (round.charges.length > 0 || (await this.beginMore(round))))
      await this.chargeNext(round);
    // While the program stops, what was begun is still requested; in trouble it is left to the poller, its attempt is committed.
    while (!round.trouble && round.charges.length > 0) await this.chargeNext(round);
  }

  /** One transaction at a time, for all lanes. @returns whether there may be more to do */
  private beginMore(round: Round): Promise<boolean> {
    round.beginning ??= this.beginInto(round, BATCH).finally(() => (round.beginning = null));
    return round.beginning;
  }

  private async beginInto(round: Round, limit: number): Promise<boolean> {
    try {
      const { charges, decided } = await this.renewals.begin(limit);
      round.charges.push(...charges);
      round.renewed += decided;
      return decided > 0;
    } catch (error) {
      this.log.error({ message: 'renewals could not be begun', error: (error as Error).stack });
      round.trouble = true;
      return false;
    }
  }

  /** One charge that cannot be recorded, for whatever defect, holds up no other: the poller has it. */
  private async chargeNext(round: Round): Promise<void> {
    const attempt = round.charges.shift();
    if (!attempt) return;
    try {
      if ((await this.cards.charge(attempt)).isTrouble) round.trouble = true;
    } catch (error) {
      this.log.error({
        message: 'a renewal could not be recorded',
        orderId: attempt.payment.orderId,
        error: (error as Error).stack,
      });
      if (!isDefect(error)) round.trouble = true;
    }
  }
}
