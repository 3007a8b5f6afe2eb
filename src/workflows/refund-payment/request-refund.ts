import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { merchantAccountOf } from '../../payments/index.ts';
import { type Payment, PrismaService, type Refund } from '../../platform/database/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  type Outcome,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderError,
  type ProviderPayment,
  type RefundAccount,
  type Retrieval,
} from '../../providers/index.ts';
import { RefundAccounts, RefundRepository } from '../../refunds/index.ts';
import { RecordRefunds } from './record-refunds.ts';
import { type Progress, RefundDecisions } from './refund-decisions.ts';
import { decideAfterRequest, decideBeforeRepeat, isUnanswered, refuses } from './refund.policy.ts';

/** Long enough for a new connection; short for an operator. */
const RETRY_DELAY_MS = 300;
/**
 * What a retrieval and our own part may take; past it another instance may request too, which is harmless under the
 * same key.
 */
const RETRIEVAL_MS = 15_000;
/** For our own part of a request, beside what the provider may take. */
const MARGIN_MS = 5_000;

/** A pending refund, with what its request needs. */
interface Pending {
  refund: Refund;
  payment: Payment;
  account: RefundAccount | null;
}

const PAYMENT_CHANGED = { code: 'PAYMENT_CHANGED', message: '환불을 요청한 뒤 결제 상태가 바뀌었습니다.' };
const ACCOUNT_UNREADABLE = { code: 'REFUND_ACCOUNT_UNREADABLE', message: '환불 계좌 정보를 읽을 수 없습니다.' };

/** 2. Call the provider, with no transaction open: requests a refund, or finds out what became of it. */
@Injectable()
export class RequestRefund {
  private readonly log = new Logger('refunds');
  /** How long an instance may be at work on a refund that it has claimed. */
  readonly leaseMs: number;
  /** Two time-outs: a request may be at work for this long, and a refusal of its repetition says nothing before. */
  private readonly maxRequestMs: number;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly recording: RecordRefunds,
    private readonly decisions: RefundDecisions,
    private readonly refunds: RefundRepository,
    private readonly accounts: RefundAccounts,
  ) {
    const { requestMs } = provider.timeouts;
    this.leaseMs = requestMs + RETRIEVAL_MS;
    this.maxRequestMs = 2 * requestMs + MARGIN_MS;
  }

  /** A refund that was never requested is requested; of any other the payment is retrieved first. */
  async request(refund: Refund): Promise<Progress> {
    const payment = await this.prisma.payment.findUniqueOrThrow({ where: { orderId: refund.orderId } });
    const account = this.openAccount(refund);
    const obstacle =
      account === 'unreadable' ? ACCOUNT_UNREADABLE : isUnchanged(refund, payment) ? null : PAYMENT_CHANGED;
    const pending = { refund, payment, account: account === 'unreadable' ? null : account };
    if (refund.requestedAt !== null) return this.repeat(pending, obstacle);
    if (obstacle) return this.decisions.carryOut(refund, { kind: 'fail', error: obstacle });
    return this.requestFirst(pending);
  }

  /** No request of it can be at work any more. */
  isOver({ requestedAt }: Refund): boolean {
    return requestedAt === null || this.clock.now().getTime() - requestedAt.getTime() >= this.maxRequestMs;
  }

  /** With the account that took the money; the other would not find it. */
  retrieve(payment: Payment): Promise<Retrieval> {
    return this.provider.retrieve({ providerRef: payment.providerRef!, account: merchantAccountOf(payment) });
  }

  /** Records what the provider shows. @returns whether that ended the refund */
  async isEndedBy({ id }: Refund, shown: ProviderPayment): Promise<boolean> {
    await this.recording.record(shown);
    return (await this.refunds.find(id)).status !== 'PENDING';
  }

  private async requestFirst(pending: Pending): Promise<Progress> {
    const requested = await this.refunds.markRequested(pending.refund, this.clock.now());
    const first = { ...pending, refund: requested };
    const outcome = await this.call(first);
    if (!isUnanswered(outcome)) return this.conclude(first, outcome, true);
    await sleep(RETRY_DELAY_MS);
    return this.repeat(first, null);
  }

  private async repeat(pending: Pending, obstacle: ProviderError | null): Promise<Progress> {
    const { refund, payment } = pending;
    const retrieval = await this.retrieve(payment);
    if (retrieval.kind === 'found' && (await this.isEndedBy(refund, retrieval.payment))) return 'ended';
    const decision = decideBeforeRepeat(obstacle, { isOver: this.isOver(refund) }, retrieval);
    if (decision.kind !== 'request') return this.decisions.carryOut(refund, decision);
    return this.conclude(pending, await this.call(pending), false);
  }

  private async call({ refund, payment, account }: Pending): Promise<Outcome> {
    const { id: refundId, orderId, amount, reason, attempts } = refund;
    const startedAt = performance.now();
    const outcome = await this.provider.refund({
      providerRef: payment.providerRef!,
      account: merchantAccountOf(payment),
      reason,
      idempotencyKey: refund.idempotencyKey!,
      // The provider compares it with its balance: of two refunds that know nothing of each other the second is
      // refused.
      ...(!refund.beforeDeposit && { amount, refundableAmount: payment.amount - payment.refundedAmount }),
      ...(account && { refundAccount: account }),
    });
    const ms = Math.round(performance.now() - startedAt);
    this.log.log({ message: 'refund requested', orderId, refundId, attempt: attempts, outcome: outcome.kind, ms });
    return outcome;
  }

  /** @param isFirst nothing was requested under this key before */
  private async conclude({ refund, payment }: Pending, outcome: Outcome, isFirst: boolean): Promise<Progress> {
    if (outcome.kind === 'approved' && (await this.isEndedBy(refund, outcome.payment))) return 'ended';
    // Whatever was refused, what was requested before may have been done all the same: the payment tells.
    const retrieval = refuses(outcome) ? await this.retrieve(payment) : null;
    if (retrieval?.kind === 'found' && (await this.isEndedBy(refund, retrieval.payment))) return 'ended';
    const facts = { isFirst, isOver: this.isOver(refund), attempts: refund.attempts, amount: refund.amount };
    return this.decisions.carryOut(refund, decideAfterRequest(facts, outcome, retrieval));
  }

  /** Of a virtual account, where the money goes. null: back to where it came from */
  private openAccount({ id, orderId, sealedAccount }: Refund): RefundAccount | null | 'unreadable' {
    if (sealedAccount === null) return null;
    try {
      return this.accounts.open(id, sealedAccount);
    } catch (error) {
      const message = 'the account of a refund could not be read: it must be requested again';
      this.log.error({ message, orderId, refundId: id, error: (error as Error).message });
      return 'unreadable';
    }
  }
}

/**
 * Whether the payment is as it was when the refund began. The deposit came since, or the bank reversed it: a request
 * could close an account, or give back another deposit.
 */
function isUnchanged({ beforeDeposit }: Refund, { status }: Payment): boolean {
  return beforeDeposit ? status === 'WAITING_FOR_DEPOSIT' : status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED';
}
