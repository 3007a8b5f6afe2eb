import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AttemptRepository, PaymentRepository, PollRepository } from '../../payments/index.ts';
import { JobsService } from '../../platform/jobs/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import { PAYMENT_PROVIDER, type PaymentProvider } from '../../providers/index.ts';
import { type Recorded, RecordOutcome } from '../record-outcome/index.ts';
import { ProviderRequests } from '../request-payment/index.ts';
import { Voids } from '../void-payment/index.ts';

/** What a poll may take besides one request and its answer: two reads of the provider, and all that is ours. */
const OVERHEAD_MS = 25_000;
/** A buyer who reads a pending payment makes it be polled, but not more often than this. */
const MIN_INTERVAL_MS = 2_000;
const BATCH = 64;
const LANES = 8;

interface Polled {
  kind: Recorded['kind'];
  /** The provider answered nothing. */
  isSilent: boolean;
}

/**
 * Finds out what became of payments whose outcome is unknown. What is due is in the payment's own row (`next_poll_at`), so
 * that nothing is forgotten when a process dies: the next sweep, of any program, takes it.
 */
@Injectable()
export class PaymentPoller implements OnModuleInit {
  private readonly log = new Logger('payments');
  /** Until then a poll that was begun has ended, or its process has died and another may poll. */
  private readonly leaseMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly attempts: AttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly polls: PollRepository,
    private readonly requests: ProviderRequests,
    private readonly outcomes: RecordOutcome,
    private readonly voids: Voids,
    private readonly jobs: JobsService,
    @Inject(PAYMENT_PROVIDER) { timeouts }: PaymentProvider,
  ) {
    this.leaseMs = Math.max(timeouts.requestMs, timeouts.chargeMs) + OVERHEAD_MS;
  }

  onModuleInit(): void {
    const sweep = () => this.jobs.single('recover-payments', () => this.sweep());
    this.jobs.handle('recover-payments', async () => void (await sweep()));
  }

  /**
   * Polls every payment that is due, and tries the voids that are. Stops where the provider does not answer: it would not
   * answer about the others either.
   *
   * @returns how many came to an outcome
   */
  async sweep(): Promise<number> {
    return (await this.sweepPayments()) + (await this.voids.sweep());
  }

  /** Polls now, because the payment is being read. Does nothing where it was polled a moment ago. */
  async pollNow(orderId: string): Promise<void> {
    if (await this.payments.claimPoll(orderId, this.clock.now(), MIN_INTERVAL_MS)) await this.poll(orderId);
  }

  nextDue(): Promise<Date | null> {
    return this.polls.nextDue();
  }

  clockWentBack(): Promise<void> {
    return this.polls.clockWentBack(this.clock.now());
  }

  private async sweepPayments(): Promise<number> {
    // A few first: where they find the provider silent, the rest need not even be claimed.
    for (let [known, limit] = [0, LANES]; ; limit = BATCH) {
      const now = this.clock.now();
      const due = await this.polls.claim(now, new Date(now.getTime() + this.leaseMs), limit);
      if (due.length === 0) return known;
      const polled: Polled[] = [];
      while (due.length > 0 && !polled.some(({ isSilent }) => isSilent)) {
        polled.push(...(await Promise.all(due.splice(0, LANES).map((orderId) => this.pollSafely(orderId)))));
      }
      known += polled.filter(({ kind }) => kind !== 'pending' && kind !== 'waiting').length;
      await this.polls.putBack(due, this.clock.now());
      if (due.length > 0 || polled.some(({ isSilent }) => isSilent)) return known;
    }
  }

  /** A payment that meets a defect holds up no other. */
  private async pollSafely(orderId: string): Promise<Polled> {
    try {
      return await this.poll(orderId);
    } catch (error) {
      this.log.error({ message: 'a payment could not be polled', orderId, error: (error as Error).stack });
      return { kind: 'pending', isSilent: false };
    }
  }

  private async poll(orderId: string): Promise<Polled> {
    const attempt = await this.attempts.open(orderId);
    if (!attempt) return { kind: 'overtaken', isSilent: false };
    const outcome = await this.requests.resolve(attempt);
    const { kind } = await this.outcomes.record(attempt, outcome, true);
    if (kind !== 'pending' && kind !== 'waiting') {
      this.log.log({ message: 'outcome found by polling', orderId, attempt: attempt.number, recorded: kind });
    }
    return { kind, isSilent: outcome.kind === 'unknown' && !outcome.answered };
  }
}
