import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CardsOnFile } from '../../payment-methods/index.ts';
import { mayBeUnderWay, REPEAT_AFTER_MS } from '../../payments/index.ts';
import { type Attempt } from '../begin-attempt/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  type Declined,
  type Outcome,
  outcomeOf,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderPayment,
  refusalIn,
  type Retrieval,
  type Unknown,
} from '../../providers/index.ts';

/** Long enough for a new connection, or for a restarting server to be replaced; short for a buyer. */
const RETRY_DELAY_MS = 300;

/** The buyer stopped a charge that the provider did not take. */
const STOPPED: Declined = {
  kind: 'declined',
  error: { code: 'PAYMENT_STOPPED', message: '구매자가 결제를 취소했습니다.' },
  reason: 'buyer',
};

const CARD_NOT_ON_FILE: Declined = {
  kind: 'declined',
  error: { code: 'CARD_NOT_ON_FILE', message: '등록된 카드가 없습니다.' },
  reason: 'buyer',
  hint: 'method_unusable',
};

/** The card on file cannot be decrypted: a defect of ours, and of this card alone. */
const CARD_UNREADABLE: Declined = {
  kind: 'declined',
  error: { code: 'CARD_UNREADABLE', message: '등록된 카드를 읽을 수 없습니다.' },
  reason: 'configuration',
};

const NOT_FOUND: Declined = {
  kind: 'declined',
  error: { code: 'NOT_FOUND_PAYMENT', message: '존재하지 않는 결제 정보 입니다.' },
  reason: 'declined',
};

/** The provider's payment turned out to be another order's. */
const OF_ANOTHER_ORDER: Declined = {
  kind: 'declined',
  error: { code: 'ALREADY_PROCESSED_PAYMENT', message: '이미 처리된 결제 입니다.' },
  reason: 'buyer',
};

/** 2. Call the provider, with no transaction open: what it answers is a value. */
@Injectable()
export class ProviderRequests {
  private readonly log = new Logger('payments');

  constructor(
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly cards: CardsOnFile,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks the provider to take the money. A lost answer is requested once more, word for word, so that a blip stays one.
   */
  async request(attempt: Attempt): Promise<Outcome> {
    const first = await this.send(attempt, true);
    if (first.kind !== 'unknown' || first.hint === 'timed_out') return first;
    if (first.answered && first.hint !== 'in_progress') return this.retrieveAfter(attempt, first);
    await sleep(RETRY_DELAY_MS);
    const second = await this.send(attempt);
    if (second.kind === 'approved' || (second.kind === 'unknown' && !second.answered)) return second;
    // A refusal of the second request says nothing about the first, which may be at work still: the payment itself
    // tells.
    return this.retrieveAfter(attempt, unknown(second.kind === 'declined' ? second.error.code : second.code));
  }

  /**
   * Finds out what became of an attempt whose answer is missing. Where the provider shows that the payment was not
   * confirmed, the request is repeated under its idempotency key. A refusal of that is final only once the original
   * request must have finished and the payment still shows that nothing was taken: the provider repeats a refusal for
   * as long as it keeps the key.
   */
  async resolve(attempt: Attempt): Promise<Outcome> {
    if (attempt.paymentMethodId !== null) return this.resolveCharge(attempt);
    const now = this.clock.now();
    const age = now.getTime() - attempt.requestedAt.getTime();
    const found = await this.retrieve(attempt);
    if (found.kind === 'unknown') return found;
    if (found.kind === 'not_found') {
      // The provider's reads may lag behind, and the request may be on its way: absence is proof only after a while.
      const isProof =
        attempt.payment.status !== 'WAITING_FOR_DEPOSIT' && age >= this.provider.capabilities.confirmWindowMs;
      return isProof ? NOT_FOUND : unknown(NOT_FOUND.error.code);
    }
    const reading = readingFor(attempt, found.payment);
    if (reading.kind !== 'open') return reading;
    const stillOpen = stillOpenAs(found.payment);
    if (!found.payment.isAuthenticated || age < REPEAT_AFTER_MS) return stillOpen;
    const again = await this.send(attempt);
    const refusal = refusalOf(again);
    if (!refusal) return again;
    const after = await this.retrieveAfter(attempt, stillOpen);
    return after === stillOpen && !this.mayBeUnderWay(attempt, now) ? refusal : after;
  }

  /**
   * The same for a charge. Its order may have been declined before, so that what the order shows counts only when it is
   * paid. What became of this very request the provider tells when it is repeated under its idempotency key: an
   * approval is final at once, a refusal once the original request must have finished.
   */
  private async resolveCharge(attempt: Attempt): Promise<Outcome> {
    const { orderId, stoppedAt } = attempt.payment;
    const found = await this.provider.findByOrder(orderId, attempt.merchantAccount);
    if (found.kind === 'unknown') return found;
    const paid = tookMoney(found);
    if (paid) return paid;
    const notShown = found.kind === 'found' ? stillOpenAs(found.payment) : unknown(NOT_FOUND.error.code);
    const now = this.clock.now();
    const age = now.getTime() - attempt.requestedAt.getTime();
    if (stoppedAt !== null) {
      // It is not requested again. Reads may lag, so that absence is proof only after a while.
      const isSure = age >= this.provider.capabilities.confirmWindowMs && !this.mayBeUnderWay(attempt, now);
      return isSure ? STOPPED : notShown;
    }
    if (age < REPEAT_AFTER_MS) return notShown;
    const again = await this.send(attempt);
    const refusal = refusalOf(again);
    if (!refusal) return again;
    if (this.mayBeUnderWay(attempt, now)) return notShown;
    const after = await this.provider.findByOrder(orderId, attempt.merchantAccount);
    return after.kind === 'unknown' ? after : (tookMoney(after) ?? refusal);
  }

  private mayBeUnderWay(attempt: Attempt, now: Date): boolean {
    return mayBeUnderWay(attempt, now, this.provider.timeouts);
  }

  /** @param isFirst nothing was requested under this attempt before */
  private async send(attempt: Attempt, isFirst = false): Promise<Outcome> {
    const { idempotencyKey, payment, number, providerRef, paymentMethodId } = attempt;
    const { orderId, amount } = payment;
    const startedAt = performance.now();
    const outcome =
      paymentMethodId === null
        ? await this.provider.confirm({ providerRef: providerRef!, idempotencyKey, orderId, amount })
        : await this.charge(attempt, paymentMethodId, isFirst);
    const ms = Math.round(performance.now() - startedAt);
    this.log.log({ message: 'requested', orderId, attempt: number, outcome: outcome.kind, ms });
    return outcome;
  }

  /** Reads the card, and whether the buyer has stopped the charge, at the last moment before it is requested. */
  private async charge({ idempotencyKey, invoice }: Attempt, cardId: string, isFirst: boolean): Promise<Outcome> {
    const { orderId, orderName, amount } = invoice;
    const card = await this.cards.openFor(orderId, cardId);
    switch (card.kind) {
      case 'stopped':
        return isFirst ? STOPPED : unknown(STOPPED.error.code);
      case 'gone':
        return CARD_NOT_ON_FILE;
      case 'unreadable':
        return CARD_UNREADABLE;
      case 'open':
        return this.provider.charge({ method: card.card, orderId, orderName, amount, idempotencyKey });
    }
  }

  /** What the payment itself says; else `fallback`, except that an undocumented refusal then counts. */
  private async retrieveAfter(attempt: Attempt, fallback: Unknown): Promise<Outcome> {
    const found = await this.retrieve(attempt);
    if (found.kind !== 'found') return fallback;
    // Of a charge only money tells: an earlier decline of the same order is shown like this one's.
    if (attempt.paymentMethodId !== null) return tookMoney(found) ?? fallback;
    const reading = readingFor(attempt, found.payment);
    if (reading.kind !== 'open') return reading;
    return fallback.undocumented ? { kind: 'declined', error: fallback.undocumented, reason: 'unknown' } : fallback;
  }

  /** By order; by the payment where the order shows another one that took nothing, or none. */
  private async retrieve({ payment, providerRef, merchantAccount: account }: Attempt): Promise<Retrieval> {
    const byOrder = await this.provider.findByOrder(payment.orderId, account);
    if (providerRef === null) return byOrder;
    if (byOrder.kind === 'unknown' && !byOrder.answered) return byOrder;
    // Paid by another payment of this order: that counts too, and the recording sorts it out.
    const shows =
      byOrder.kind === 'found' && (byOrder.payment.providerRef === providerRef || pays(payment, byOrder.payment));
    return shows ? byOrder : this.provider.retrieve({ providerRef, account });
  }
}

/** A payment that turns out to be another order's was never taken by this attempt: it is not ours to touch. */
function readingFor({ payment }: Attempt, shown: ProviderPayment): ReturnType<typeof outcomeOf> {
  return shown.orderId === payment.orderId ? outcomeOf(shown) : OF_ANOTHER_ORDER;
}

function tookMoney(retrieval: Retrieval): Outcome | undefined {
  const reading = retrieval.kind === 'found' ? outcomeOf(retrieval.payment) : undefined;
  return reading?.kind === 'approved' ? reading : undefined;
}

/** Holds what the order costs. One that was mismatched or given back says nothing of the order's other payments. */
function pays({ orderId, amount }: Attempt['payment'], shown: ProviderPayment): boolean {
  const isTaken = outcomeOf(shown).kind === 'approved' && shown.state !== 'canceled' && shown.balance !== 0;
  return isTaken && shown.orderId === orderId && shown.amount === amount;
}

/** A refusal that the provider repeats for this key; a stop of ours is none. */
function refusalOf(outcome: Outcome): Declined | undefined {
  const isStopped = outcome.kind === 'unknown' && outcome.code === STOPPED.error.code;
  return isStopped ? undefined : refusalIn(outcome);
}

function unknown(code: string): Unknown {
  return { kind: 'unknown', code, answered: true };
}

function stillOpenAs({ providerState }: ProviderPayment): Unknown {
  return { ...unknown(`STILL_${providerState}`), hint: 'still_open' };
}
