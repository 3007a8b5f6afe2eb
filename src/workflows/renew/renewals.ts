import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Attempt } from '../begin-attempt/index.ts';
import { isDefect } from '../../platform/database/index.ts';
import { drain, type Handled } from '../../platform/jobs/index.ts';
import { ChargeCard } from '../charge-card/index.ts';
import { BeginRenewals } from './begin-renewals.ts';

/** So many charges are under way at once; the provider may need a minute for each. */
const LANES = 64;
/** So many are begun by one transaction. */
const BATCH = 32;

/**
 * Charges what is due. What is due is in the subscription's own row (`next_charge_at`), so that nothing is forgotten
 * when a process dies, and any number of instances may do this at once: each takes a batch at a time, past what others
 * have locked.
 */
@Injectable()
export class Renewals implements OnModuleDestroy {
  private readonly log = new Logger('renewals');
  private isStopping = false;

  constructor(
    private readonly renewals: BeginRenewals,
    private readonly cards: ChargeCard,
  ) {}

  /** Begins no more charges; those under way are waited for. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }

  /** @returns how many renewals were decided about, however it ended */
  async run(): Promise<number> {
    let decided = 0;
    const claim = async (limit: number): Promise<Attempt[]> => {
      // A batch may hold no charge at all: the balance paid, or a notice came first.
      for (;;) {
        const begun = await this.renewals.begin(limit);
        decided += begun.decided;
        if (begun.charges.length > 0 || begun.decided === 0) return begun.charges;
      }
    };
    const handle = (attempt: Attempt) => this.charge(attempt);
    try {
      await drain({ claim, handle, lanes: LANES, batch: BATCH, isStopping: () => this.isStopping });
    } catch (error) {
      this.log.error({ message: 'renewals stopped', error: (error as Error).stack });
    }
    return decided;
  }

  /** A charge that cannot be recorded, for whatever defect, stops no other: the poller has it. */
  private async charge(attempt: Attempt): Promise<Handled> {
    try {
      return (await this.cards.charge(attempt)).isProviderFault ? 'silent' : 'done';
    } catch (error) {
      const { orderId } = attempt.payment;
      this.log.error({ message: 'a renewal could not be recorded', orderId, error: (error as Error).stack });
      return isDefect(error) ? 'open' : 'silent';
    }
  }
}
