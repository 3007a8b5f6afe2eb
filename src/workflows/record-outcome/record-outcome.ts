import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { BalanceRepository } from '../../customers/index.ts';
import { accountDueAt, isPaid, PaymentRepository } from '../../payments/index.ts';
import { type Attempt, AttemptRepository } from '../begin-attempt/index.ts';
import type { Payment, Subscription } from '../../platform/database/index.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  type Declined,
  type Outcome,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderPayment,
} from '../../providers/index.ts';
import {
  ChargeDate,
  type CurrentSubscription,
  detached,
  grantPurchase,
  heldForMismatch,
  SubscriptionRepository,
} from '../../subscriptions/index.ts';
import { Voids } from '../void-payment/index.ts';
import { ChangesRepository, isContention } from './changes.repository.ts';
import type { Changes, SubscriptionChange } from './changes.ts';
import { boughtBy, isOutdated } from './orders.ts';
import { declinedRenewal } from './declined-renewal.ts';
import { changed, paidChanges, paidPayment } from './paid.ts';
import {
  declinedChanges,
  expiredChanges,
  givenBackChanges,
  type GivenBackCode,
  stillWaitingChanges,
  surplusChanges,
  unknownChanges,
  waitingChanges,
} from './unpaid.ts';

/** So often may a buyer's subscription change while an outcome is recorded; then the poller records it. */
const MAX_READS = 60;

/** What became of a payment when its outcome was recorded. */
export type Recorded =
  | { kind: 'paid'; payment: Payment; subscription: Subscription | null }
  | { kind: 'waiting'; payment: Payment }
  /** The virtual account ran out before the buyer paid into it. */
  | { kind: 'expired' }
  | { kind: 'declined'; code: string; message: string }
  /** What the provider took goes back. */
  | { kind: 'given_back'; code: GivenBackCode }
  | { kind: 'pending' }
  /** Another worker recorded it first: read what it wrote. */
  | { kind: 'overtaken' };

/** 3. Record the outcome: the one way in. The first to come writes; who comes again changes nothing. */
@Injectable()
export class RecordOutcome {
  private readonly log = new Logger('payments');

  constructor(
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly chargeDate: ChargeDate,
    private readonly attempts: AttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly balance: BalanceRepository,
    private readonly changes: ChangesRepository,
    private readonly voids: Voids,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {}

  /** @param isPoll the outcome was found by polling; the request itself may still wait for its answer */
  async record(given: Attempt, outcome: Outcome, isPoll = false): Promise<Recorded> {
    const attempt = await this.meant(given, outcome);
    const recorded = await this.byKind(attempt, outcome, isPoll);
    const about = { orderId: attempt.payment.orderId, attempt: attempt.number, paymentKey: attempt.providerRef };
    this.log.log({ message: 'recorded', ...about, recorded: recorded.kind, provider: codeOf(outcome) });
    return recorded;
  }

  /**
   * The provider may have approved another attempt of the order than the one that was requested: then that one counts.
   */
  private async meant(attempt: Attempt, outcome: Outcome): Promise<Attempt> {
    if (outcome.kind !== 'approved') return attempt;
    const { providerRef } = outcome.payment;
    if (providerRef === attempt.providerRef) return attempt;
    // A charge learns the provider's id from the answer.
    if (attempt.paymentMethodId !== null) return { ...attempt, providerRef };
    return (await this.attempts.findByProviderRef(attempt.payment.orderId, providerRef)) ?? attempt;
  }

  private byKind(attempt: Attempt, outcome: Outcome, isPoll: boolean): Promise<Recorded> {
    switch (outcome.kind) {
      case 'unknown': {
        const now = this.clock.now();
        const changes = unknownChanges(attempt, outcome, isPoll, this.provider.timeouts, now);
        return this.simply(changes, { kind: 'pending' });
      }
      case 'declined':
        return this.declined(attempt, outcome);
      case 'approved':
        return this.approved(attempt, outcome.payment);
    }
  }

  private approved(attempt: Attempt, shown: ProviderPayment): Promise<Recorded> {
    const { payment } = attempt;
    if (payment.refundIfTaken && !isPaid(payment.status)) return this.giveBackStopped(attempt);
    if (differs(attempt, shown)) return this.giveBack(attempt, 'PAYMENT_MISMATCH');
    if (shown.state === 'waiting_for_deposit') return this.waiting(attempt, shown);
    // An account that was closed before the deposit: no money came, none goes back.
    if (shown.state === 'canceled' && shown.approvedAt === null) return this.declined(attempt, CLOSED_BEFORE_DEPOSIT);
    return this.paid(attempt, shown);
  }

  /** Everything that a paid order brings: all of it, or nothing. */
  private async paid(attempt: Attempt, shown: ProviderPayment): Promise<Recorded> {
    const now = this.clock.now();
    const { invoice } = attempt;
    const payment = paidPayment(attempt, shown, now);
    const otherRefs = await this.otherRefs(attempt);
    let current = await this.currentFor(attempt, now);
    for (let reads = 1; ; reads++) {
      const outdated = isOutdated(attempt, current, now) || (await this.isBalanceGone(attempt, now));
      if (outdated && !shown.deposit) return this.giveBack(attempt, 'ORDER_OUTDATED');
      const grants = !outdated && payment.status !== 'REFUNDED' && invoice.durationMonths !== null;
      const bought = grants ? boughtBy(attempt, payment.refundedAmount) : null;
      const grant = bought && grantPurchase(this.calendar, this.chargeDate, current, bought, payment.userId, now);
      const changes = paidChanges({ payment, invoice, attempt, shown, grant, isOutdated: outdated, otherRefs }, now);
      try {
        if (!(await this.changes.write(changes, now))) return await this.notWritten(attempt);
        if (outdated) this.logKept(payment);
        return { kind: 'paid', payment, subscription: grant?.subscription.after ?? null };
      } catch (error) {
        if (!isContention(error)) throw error;
        if (reads === MAX_READS) return this.leaveToPoller(attempt, error);
        await sleep(Math.random() * 5 * reads);
        current = await this.subscriptions.current(payment.userId, now);
      }
    }
  }

  private async waiting(attempt: Attempt, shown: ProviderPayment): Promise<Recorded> {
    const now = this.clock.now();
    if (attempt.payment.status === 'WAITING_FOR_DEPOSIT') return this.stillWaiting(attempt, shown, now);
    const { payment, changes } = waitingChanges(attempt, shown, await this.otherRefs(attempt), now);
    return (await this.changes.write(changes, now)) ? { kind: 'waiting', payment } : this.overtaken(attempt);
  }

  private stillWaiting(attempt: Attempt, { deposit }: ProviderPayment, now: Date): Promise<Recorded> {
    const dueAt = accountDueAt(deposit);
    const isOver = deposit?.isExpired === true || (dueAt !== null && dueAt < now);
    if (isOver) return this.simply(expiredChanges(attempt), { kind: 'expired' });
    return this.simply(stillWaitingChanges(attempt, dueAt, now), { kind: 'waiting', payment: attempt.payment });
  }

  private async declined(attempt: Attempt, declined: Declined): Promise<Recorded> {
    const { orderId } = attempt.payment;
    const { code, message } = declined.error;
    const isWritten = await this.withSubscription(attempt, (subscription, now) => {
      const renewal = subscription && declinedRenewal(subscription, attempt, declined, now);
      return declinedChanges(attempt, declined, renewal);
    });
    if (!isWritten) return { kind: 'overtaken' };
    if (attempt.paymentMethodId !== null && declined.reason === 'configuration') {
      const fault = 'the provider refuses our charges: our credentials, our contract or our request is at fault';
      this.log.error({ message: fault, orderId, provider: code });
    }
    return { kind: 'declined', code, message };
  }

  /** The provider took money for something that was not ordered, or is no longer available: it goes back. */
  private async giveBack(attempt: Attempt, code: GivenBackCode): Promise<Recorded> {
    // The subscription may have changed because this very payment was recorded a moment ago, by another worker.
    if (await this.payments.isPaidBy(attempt.payment.orderId, attempt.providerRef)) return { kind: 'overtaken' };
    await this.withSubscription(attempt, (subscription, now) => {
      return givenBackChanges(attempt, code, subscription && this.notRenewed(subscription, attempt, code, now));
    });
    await this.voids.tryNow(attempt.providerRef!);
    return { kind: 'given_back', code };
  }

  /** Another amount was taken: an operator decides. Else the charge was for what the subscription no longer is. */
  private notRenewed(before: Subscription, attempt: Attempt, code: GivenBackCode, now: Date): SubscriptionChange {
    const { orderId } = attempt.payment;
    const isMismatch = code === 'PAYMENT_MISMATCH';
    return changed(before, isMismatch ? heldForMismatch(before, orderId, now) : detached(before, orderId));
  }

  /** A first charge that the buyer stopped; or a renewal of what was refunded while the charge was under way. */
  private giveBackStopped(attempt: Attempt): Promise<Recorded> {
    return this.giveBack(attempt, attempt.invoice.subscriptionId === null ? 'PAYMENT_STOPPED' : 'ORDER_OUTDATED');
  }

  /** The buyer stopped it a moment ago, or it was recorded before. */
  private async notWritten(attempt: Attempt): Promise<Recorded> {
    const { refundIfTaken, status } = await this.payments.get(attempt.payment.orderId);
    return refundIfTaken && !isPaid(status) ? this.giveBackStopped(attempt) : this.overtaken(attempt);
  }

  /** Where another provider payment paid this order before, what this one took goes back. */
  private async overtaken(attempt: Attempt): Promise<Recorded> {
    const { orderId } = attempt.payment;
    const { providerRef } = await this.payments.get(orderId);
    if (providerRef === attempt.providerRef) return { kind: 'overtaken' };
    await this.changes.write(surplusChanges(attempt), this.clock.now());
    const message = 'an order was paid twice; the second payment goes back';
    this.log.error({ message, orderId, paymentKey: attempt.providerRef });
    await this.voids.tryNow(attempt.providerRef!);
    return { kind: 'overtaken' };
  }

  private async simply(changes: Changes, recorded: Recorded): Promise<Recorded> {
    return (await this.changes.write(changes, this.clock.now())) ? recorded : { kind: 'overtaken' };
  }

  /**
   * Writes what is decided with the subscription that waits for this charge, as it is now. @returns whether it was
   * written
   */
  private async withSubscription(attempt: Attempt, decide: (waiting: Subscription | null, now: Date) => Changes) {
    const { orderId, subscriptionId } = attempt.invoice;
    for (let reads = 1; ; reads++) {
      const now = this.clock.now();
      const subscription = subscriptionId === null ? null : await this.subscriptions.find(subscriptionId);
      const waiting = subscription?.renewalOrderId === orderId ? subscription : null;
      try {
        return await this.changes.write(decide(waiting, now), now);
      } catch (error) {
        if (!isContention(error) || reads === MAX_READS) throw error;
        await sleep(Math.random() * 5 * reads);
      }
    }
  }

  /** As it was read with the attempt, which is enough to begin or to follow; a change of plan needs the periods too. */
  private async currentFor({ invoice, subscription }: Attempt, now: Date): Promise<CurrentSubscription | null> {
    if (subscription && subscription.planId !== invoice.planId) return this.subscriptions.current(invoice.userId, now);
    return subscription && { subscription, periods: [] };
  }

  /**
   * A refund may have taken the balance that the order uses; and of one that had failed it was released, perhaps used.
   */
  private async isBalanceGone({ payment, invoice }: Attempt, now: Date): Promise<boolean> {
    // A charge that is under way was for no more than was agreed: what the balance lacks is owed.
    if (payment.paymentMethodId !== null && payment.status === 'PENDING') return false;
    return !(await this.balance.covers(invoice, now));
  }

  private async otherRefs({ payment, providerRef }: Attempt): Promise<string[]> {
    return payment.attemptCount === 1 ? [] : this.attempts.otherRefs(payment.orderId, providerRef!);
  }

  private leaveToPoller({ payment }: Attempt, error: unknown): Recorded {
    const message = 'a paid order could not be recorded: its subscription kept changing';
    this.log.error({ message, orderId: payment.orderId, error: (error as Error).message });
    return { kind: 'pending' };
  }

  private logKept({ orderId, amount }: Payment): void {
    this.log.warn({ message: 'a deposit for a change that is outdated: credited to the balance', orderId, amount });
  }
}

const CLOSED_BEFORE_DEPOSIT: Declined = {
  kind: 'declined',
  error: { code: 'CANCELED', message: '입금 전에 취소되었습니다.' },
  reason: 'buyer',
};

/** The provider took something else than was ordered. */
function differs({ payment }: Attempt, shown: ProviderPayment): boolean {
  const isSame = shown.orderId === payment.orderId && shown.amount === payment.amount;
  return !isSame || (shown.currency ?? payment.currency) !== payment.currency;
}

function codeOf(outcome: Outcome): string {
  if (outcome.kind === 'approved') return outcome.payment.providerState;
  return outcome.kind === 'declined' ? outcome.error.code : outcome.code;
}
