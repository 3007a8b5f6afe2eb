import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { SETTINGS, type Settings } from '../config.ts';
import {
  type Payment,
  type Prisma,
  PrismaService,
  type Refund,
  type RefundStatus,
  type Tx,
} from '../platform/database/index.ts';
import { accountOf as pairOf, nextPollAt } from '../payments/index.ts';
import {
  classOf,
  koreanReason,
  type Look,
  type Outcome,
  TossClient,
  type TossPayment,
} from '../providers/toss/index.ts';
import { RefundAccounts } from './refund-account.ts';
import { RefundBooks } from './refund-books.ts';
import { BETWEEN_CANCELS_MS, idempotencyKeyOf } from './refund-claims.ts';

/** Long enough for a connection to be made anew; short for an operator. */
const BREATH_MS = 300;
/** What a look, and all that is not Toss, may take; past it another may ask too, which under the same key does no harm. */
const BESIDES_ASKING_MS = 15_000;
/** For the program's own part of a request, beside what the provider may take. */
const MARGIN_MS = 5_000;

/** Not done, and not to be had under this key any more, which repeats the answer for 15 days; under another it may be. */
const ASK_UNDER_ANOTHER_KEY = new Set(['FORBIDDEN_CONSECUTIVE_REQUEST', 'NOT_MATCHES_REFUNDABLE_AMOUNT']);

/** Server errors that speak of this refund (a bank that is down, an account that was closed), not of Toss: they may never pass. */
const TOSS_IS_UNABLE = new Set(['FAILED_REFUND_PROCESS', 'FAILED_PARTIAL_REFUND', 'FAILED_METHOD_HANDLING_CANCEL']);
const KEYS_FOR_THE_UNABLE = 3;

export type Answered = 'settled' | 'again' | 'open' | 'silence';

/** 2. Call: asks Toss to give money back, and finds out what became of it. No transaction is open. */
@Injectable()
export class RefundAsking {
  private readonly log = new Logger('refunds');
  /** How long whoever asks may be at it. */
  readonly leaseMs: number;
  /**
   * Two answer timeouts: a request may be at work for this long, and a decline of its repetition says nothing
   * before.
   */
  private readonly maxRequestMs: number;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly toss: TossClient,
    private readonly books: RefundBooks,
    private readonly accounts: RefundAccounts,
    @Inject(SETTINGS) { tossTimeoutMs }: Settings,
  ) {
    this.leaseMs = tossTimeoutMs + BESIDES_ASKING_MS;
    this.maxRequestMs = 2 * tossTimeoutMs + MARGIN_MS;
  }

  /** One that was never asked is asked; of any other Toss is first asked what it shows, then again under the same key. */
  async ask(refund: Refund): Promise<Answered> {
    const payment = await this.prisma.payment.findUniqueOrThrow({ where: { orderId: refund.orderId } });
    if (!isStillThere(refund, payment)) return this.endWithoutAsking(refund, payment);
    if (refund.requestedAt !== null) return this.askAgain(refund, payment);
    const asked = { ...refund, requestedAt: this.clock.now() };
    await this.prisma.refund.update({ where: { id: refund.id }, data: { requestedAt: asked.requestedAt } });
    const first = await this.cancel(asked, payment);
    if (first.kind !== 'unknown' || first.tossAnswered || first.code === 'ANSWER_TIMEOUT')
      return this.judge(asked, payment, first, true);
    await sleep(BREATH_MS);
    return this.askAgain(asked, payment);
  }

  /**
   * The deposit came, or the bank took it back, since the refund was claimed: what was asked for is not there any more. To ask for
   * it now could close an account, or give back another deposit.
   */
  private async endWithoutAsking(refund: Refund, payment: Payment): Promise<Answered> {
    if (refund.requestedAt !== null) {
      const look = await this.lookAt(payment);
      if (look.kind !== 'found')
        return this.leaveOpen(
          refund,
          look.kind === 'unknown' ? look.code : 'NOT_FOUND_PAYMENT',
          look.kind === 'not_found',
        );
      if (await this.showsIt(refund, look.payment)) return 'settled';
      if (!this.isSurelyOver(refund)) return this.leaveOpen(refund, 'PAYMENT_CHANGED', true);
    }
    await this.books.fail(refund, { code: 'PAYMENT_CHANGED', message: '환불을 요청한 뒤 결제 상태가 바뀌었습니다.' });
    return 'settled';
  }

  /**
   * An operator's word.
   *
   * @param record writes what the operator did, in the transaction that does it
   * @returns false while a request may be at work, or the provider cannot be reached
   */
  async giveUp(refund: Refund, record: (tx: Tx, after: { status: RefundStatus }) => Promise<void>): Promise<boolean> {
    const payment = await this.prisma.payment.findUniqueOrThrow({ where: { orderId: refund.orderId } });
    if (refund.requestedAt !== null && !this.isSurelyOver(refund)) return false;
    const look = await this.lookAt(payment);
    if (look.kind !== 'found') return false;
    // What the provider shows has ended it: there is nothing left to give up.
    if (await this.showsIt(refund, look.payment)) return true;
    const error = { code: 'GIVEN_UP', message: '운영자가 환불을 중단했습니다.' };
    await this.books.fail(refund, error, (tx) => record(tx, { status: 'FAILED' }));
    return true;
  }

  private isSurelyOver({ requestedAt }: Refund): boolean {
    return this.clock.now().getTime() - requestedAt!.getTime() >= this.maxRequestMs;
  }

  private async askAgain(refund: Refund, payment: Payment): Promise<Answered> {
    const look = await this.lookAt(payment);
    if (look.kind !== 'found')
      return this.leaveOpen(
        refund,
        look.kind === 'unknown' ? look.code : 'NOT_FOUND_PAYMENT',
        look.kind === 'not_found' || look.tossAnswered,
      );
    if (await this.showsIt(refund, look.payment)) return 'settled';
    return this.judge(refund, payment, await this.cancel(refund, payment), false);
  }

  private async cancel(refund: Refund, payment: Payment): Promise<Outcome> {
    const { id, amount, reason, sealedAccount } = refund;
    const startedAt = performance.now();
    const outcome = await this.toss.cancel({
      pair: pairOf(payment),
      paymentKey: payment.paymentKey!,
      idempotencyKey: refund.idempotencyKey!,
      reason,
      // Toss compares it with its own balance: of two refunds that know nothing of each other the second is refused.
      ...(!refund.beforeDeposit && { amount, refundableAmount: payment.amount - payment.refundedAmount }),
      ...(sealedAccount && { refundReceiveAccount: this.accounts.open(id, sealedAccount) }),
    });
    this.log.log({
      message: 'asked',
      orderId: refund.orderId,
      refundId: id,
      attempt: refund.attempts,
      outcome: outcome.kind,
      ms: Math.round(performance.now() - startedAt),
    });
    return outcome;
  }

  /** @param first nothing was asked under this key before, so that a no is the answer to what was asked */
  private async judge(refund: Refund, payment: Payment, outcome: Outcome, first: boolean): Promise<Answered> {
    if (outcome.kind === 'approved' && (await this.showsIt(refund, outcome.payment))) return 'settled';
    const unable = outcome.kind === 'unknown' && TOSS_IS_UNABLE.has(outcome.code);
    const no = unable ? { code: outcome.code, message: koreanReason(outcome.code) ?? '' } : saidNo(outcome);
    if (!no) {
      const answered = outcome.kind !== 'unknown' || outcome.tossAnswered;
      return this.leaveOpen(
        refund,
        outcome.kind === 'unknown' ? outcome.code : 'ANSWER_WITHOUT_THE_CANCEL',
        answered,
        first && !answered,
      );
    }
    // Whatever it says, what was asked before may have been done all the same: the payment tells.
    const look = await this.lookAt(payment);
    if (look.kind !== 'found') return this.leaveOpen(refund, no.code, look.kind === 'not_found' || look.tossAnswered);
    if (await this.showsIt(refund, look.payment)) return 'settled';
    // Toss refuses these for the state of the payment, before it does anything: asked first, that is the end of it.
    const sure = first && (outcome.kind === 'declined' || classOf(no.code) === 'done');
    if (!sure && !this.isSurelyOver(refund)) return this.leaveOpen(refund, no.code, true);
    if (ASK_UNDER_ANOTHER_KEY.has(no.code) || (unable && refund.attempts < KEYS_FOR_THE_UNABLE))
      return this.askUnderAnotherKey(refund, no, look.payment);
    await this.books.fail(refund, no);
    return 'settled';
  }

  /** With the pair of keys that made it; the other would not find it. */
  private lookAt(payment: Payment): Promise<Look> {
    return this.toss.lookUp(payment.paymentKey!, pairOf(payment));
  }

  /** Books what Toss shows. @returns whether that was the end of this refund */
  private async showsIt({ id }: Refund, toss: TossPayment): Promise<boolean> {
    await this.books.settle(toss);
    const now = await this.prisma.refund.findUniqueOrThrow({ where: { id }, select: { status: true } });
    return now.status !== 'PENDING';
  }

  private async askUnderAnotherKey(
    refund: Refund,
    no: { code: string; message: string },
    toss: TossPayment,
  ): Promise<Answered> {
    // What Toss gave back without us is in our books by now, and may have left too little.
    if (toss.balanceAmount !== null && toss.balanceAmount < refund.amount) {
      await this.books.fail(refund, no);
      return 'settled';
    }
    const attempts = refund.attempts + 1;
    const nextTryAt = new Date(this.clock.now().getTime() + BETWEEN_CANCELS_MS * refund.attempts);
    await this.update(refund, {
      attempts,
      idempotencyKey: idempotencyKeyOf(refund.id, attempts),
      requestedAt: null,
      lastCode: no.code,
      nextTryAt,
    });
    return 'again';
  }

  private async leaveOpen(
    refund: Refund,
    code: string,
    tossAnswered: boolean,
    silence = !tossAnswered,
  ): Promise<Answered> {
    const nextTryAt = nextPollAt(refund.requestedAt!, this.clock.now(), tossAnswered);
    await this.update(refund, { lastCode: code.slice(0, 100), nextTryAt });
    const said = { message: 'refund not known yet', orderId: refund.orderId, refundId: refund.id, toss: code };
    if (nextTryAt) this.log.warn(said);
    else this.log.error({ ...said, message: 'refund not known after 14 days: an operator must ask Toss' });
    return silence ? 'silence' : 'open';
  }

  private async update({ id }: Refund, data: Prisma.RefundUpdateManyMutationInput): Promise<void> {
    await this.prisma.refund.updateMany({ where: { id, status: 'PENDING' }, data });
  }
}

function isStillThere({ beforeDeposit }: Refund, { status }: Payment): boolean {
  return beforeDeposit ? status === 'WAITING_FOR_DEPOSIT' : status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED';
}

/** A no of any kind with a code: what Toss will repeat whenever it is asked under this key. */
function saidNo(outcome: Outcome): { code: string; message: string } | undefined {
  if (outcome.kind === 'declined') return outcome.error;
  if (
    outcome.kind !== 'unknown' ||
    !outcome.tossAnswered ||
    outcome.code === 'IDEMPOTENT_REQUEST_PROCESSING' ||
    outcome.code === 'ANSWER_FOR_ANOTHER_PAYMENT' ||
    outcome.code.startsWith('STILL_')
  )
    return undefined;
  return outcome.undocumented ?? { code: outcome.code, message: koreanReason(outcome.code) ?? '' };
}
