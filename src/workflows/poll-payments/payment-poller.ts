import { Inject, Injectable, Logger } from '@nestjs/common';
import { PaymentRepository, PAYMENTS_TO_POLL } from '../../payments/index.ts';
import { AttemptRepository } from '../begin-attempt/index.ts';
import { type Handled, type LeaseQueue, Queues } from '../../platform/jobs/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import { PAYMENT_PROVIDER, type PaymentProvider } from '../../providers/index.ts';
import { RecordOutcome } from '../record-outcome/index.ts';
import { ProviderRequests } from '../request-payment/index.ts';
import { Voids } from '../void-payment/index.ts';

/** What a poll may take besides one request and its answer: two reads of the provider, and all that is ours. */
const OVERHEAD_MS = 25_000;
/** A buyer who reads a pending payment makes it be polled, but not more often than this. */
const MIN_INTERVAL_MS = 2_000;
const BATCH = 64;
const LANES = 8;

/**
 * Finds out what became of payments whose outcome is unknown. What is due is in the payment's own row (`next_poll_at`),
 * so that nothing is forgotten when a process dies: the next sweep, of any instance, takes it.
 */
@Injectable()
export class PaymentPoller {
  private readonly log = new Logger('payments');
  private readonly queue: LeaseQueue<typeof PAYMENTS_TO_POLL.source.row>;
  private readonly leaseMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly attempts: AttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly requests: ProviderRequests,
    private readonly outcomes: RecordOutcome,
    private readonly voids: Voids,
    queues: Queues,
    @Inject(PAYMENT_PROVIDER) { timeouts }: PaymentProvider,
  ) {
    this.queue = queues.open(PAYMENTS_TO_POLL);
    this.leaseMs = Math.max(timeouts.requestMs, timeouts.chargeMs) + OVERHEAD_MS;
  }

  /** Polls now, because the payment is being read. Does nothing where it was polled a moment ago. */
  async pollNow(orderId: string): Promise<void> {
    if (await this.payments.claimPoll(orderId, this.clock.now(), MIN_INTERVAL_MS)) await this.poll(orderId);
  }

  /**
   * Polls every payment that is due, and tries the voids that are. Stops where the provider does not answer: it would
   * not answer about the others either.
   *
   * @returns how many came to an outcome, or went back
   */
  async sweep(): Promise<number> {
    const handle = ({ orderId }: { orderId: string }) => this.poll(orderId);
    const known = await this.queue.drain({ handle, leaseMs: this.leaseMs, lanes: LANES, batch: BATCH });
    return known + (await this.voids.sweep());
  }

  private async poll(orderId: string): Promise<Handled> {
    const attempt = await this.attempts.findOpen(orderId);
    if (!attempt) return 'done';
    const outcome = await this.requests.resolve(attempt);
    const { kind } = await this.outcomes.record(attempt, outcome, true);
    if (kind !== 'pending' && kind !== 'waiting') {
      this.log.log({ message: 'outcome found by polling', orderId, attempt: attempt.number, recorded: kind });
      return 'done';
    }
    return outcome.kind === 'unknown' && !outcome.answered ? 'silent' : 'open';
  }
}
