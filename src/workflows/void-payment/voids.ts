import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  type ClaimedVoid,
  cut,
  merchantAccountOf,
  PaymentRepository,
  PAYMENTS_TO_VOID,
  VoidRepository,
} from '../../payments/index.ts';
import { type Handled, type Handling, type LeaseQueue, Queues } from '../../platform/jobs/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  type Hint,
  type MerchantAccount,
  type Outcome,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderPayment,
} from '../../providers/index.ts';

/** For our own part of a try, beside a void and a retrieval that the provider may take its time for. */
const MARGIN_MS = 10_000;
const AFTER_NO_ANSWER_MS = 10_000;
const AFTER_REFUSAL_MS = 30_000;
const MAX_AFTER_REFUSAL_MS = 3_600_000;
/** The reason for the provider, which shows it to the buyer. */
const REASONS: Record<string, string> = {
  PAYMENT_MISMATCH: '승인된 결제가 주문과 다름',
  PAYMENT_SURPLUS: '이미 결제된 주문',
  ORDER_OUTDATED: '주문 이후 구독이 바뀜',
  PAYMENT_STOPPED: '구매자가 취소함',
};

/** 망취소: gives back what should not have been taken, and does not stop before the provider shows that it is back. */
@Injectable()
export class Voids {
  private readonly log = new Logger('payments');
  private readonly queue: LeaseQueue<typeof PAYMENTS_TO_VOID.source.row>;
  private readonly handling: Handling<typeof PAYMENTS_TO_VOID.source.row>;

  constructor(
    private readonly clock: Clock,
    private readonly voids: VoidRepository,
    private readonly payments: PaymentRepository,
    queues: Queues,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {
    this.queue = queues.open(PAYMENTS_TO_VOID);
    const leaseMs = 2 * provider.timeouts.requestMs + MARGIN_MS;
    // One at a time: should the provider not answer, the others are not held up by a lease of ours.
    this.handling = { handle: (claimed) => this.try(claimed), leaseMs, lanes: 1 };
  }

  /** Tries at once, while the buyer waits; what does not succeed is tried again by the sweep. */
  async tryNow(providerRef: string): Promise<void> {
    const id = await this.voids.idOf(providerRef);
    if (id !== null) await this.queue.handleOne(id, this.handling);
  }

  /** Tries all that are due; stops where the provider does not answer. @returns how many went back */
  sweep(): Promise<number> {
    return this.queue.drain(this.handling);
  }

  private async try({ id, orderId, providerRef, reason, attempts }: ClaimedVoid): Promise<Handled> {
    const account = merchantAccountOf(await this.payments.get(orderId));
    const idempotencyKey = `net-cancel-${id}-${attempts}`;
    const request = { account, providerRef, reason: REASONS[reason]!, idempotencyKey };
    const outcome = await this.provider.void(request);
    const now = this.clock.now();
    const about = { orderId, paymentKey: providerRef, reason };
    if (await this.isBack(outcome, providerRef, account)) {
      await this.voids.done(id, now);
      this.log.warn({ message: 'payment voided', ...about });
      return 'done';
    }
    const isUnanswered = hasNoAnswer(outcome);
    const refusalDelay = Math.min(AFTER_REFUSAL_MS * 2 ** Math.min(attempts - 1, 10), MAX_AFTER_REFUSAL_MS);
    const nextTryAt = new Date(now.getTime() + (isUnanswered ? AFTER_NO_ANSWER_MS : refusalDelay));
    const code = codeOf(outcome);
    // The same key while the provider does not answer. An answer it would repeat for as long as it keeps the key; and
    // to give back all that is left can be requested under any number of keys.
    await this.voids.tryAgain(id, {
      lastCode: cut(code, 100),
      nextTryAt,
      attempts: isUnanswered ? attempts : attempts + 1,
    });
    const message = 'payment not voided yet: the provider may hold money that must go back';
    this.log.error({ message, ...about, provider: code });
    return isUnanswered ? 'silent' : 'open';
  }

  /** The provider's own answer, or, where it is another, the payment itself. */
  private async isBack(outcome: Outcome, providerRef: string, account: MerchantAccount): Promise<boolean> {
    if (outcome.kind === 'approved') return nothingIsLeft(outcome.payment);
    if (hasNoAnswer(outcome)) return false;
    const found = await this.provider.retrieve({ providerRef, account });
    return found.kind === 'found' && nothingIsLeft(found.payment);
  }
}

const NO_ANSWER: ReadonlySet<Hint | undefined> = new Set<Hint>(['no_answer', 'timed_out', 'in_progress']);

const hasNoAnswer = (outcome: Outcome): boolean => outcome.kind === 'unknown' && NO_ANSWER.has(outcome.hint);

/** Refunds that add up to the whole leave a balance of 0 in whatever state; or nothing was ever taken. */
function nothingIsLeft({ state, balance }: ProviderPayment): boolean {
  if (state === 'failed') return true;
  return balance === null ? state === 'canceled' : balance === 0;
}

function codeOf(outcome: Outcome): string {
  if (outcome.kind === 'approved') return outcome.payment.providerState;
  return outcome.kind === 'declined' ? outcome.error.code : outcome.code;
}
