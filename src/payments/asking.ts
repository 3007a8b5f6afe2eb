import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CardsOnFile } from '../payment-methods/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { SETTINGS, type Settings } from '../config.ts';
import {
  type Look,
  type Outcome,
  type Reading,
  readingOf,
  TossClient,
  type TossError,
  type TossPayment,
} from '../providers/toss/index.ts';
import { CONFIRM_WINDOW, MAY_BE_ASKED_AGAIN, mayStillBeAsking } from './look-schedule.ts';
import type { Asked } from './payment.row.ts';

/** Long enough for a connection to be made anew or a restarting server to be replaced; short for a buyer. */
const BREATH_MS = 300;

type Unknown = Extract<Outcome, { kind: 'unknown' }>;

/** The buyer stopped a charge that the provider did not take. */
const STOPPED = {
  kind: 'declined',
  error: { code: 'PAYMENT_STOPPED', message: '구매자가 결제를 취소했습니다.' },
  errorClass: 'buyer',
} as const;

/** The card on file cannot be decrypted: a defect of ours, and of this card alone. */
export const CARD_UNREADABLE = 'CARD_UNREADABLE';

/** 2. Call: asking Toss, with no transaction open. */
@Injectable()
export class Asking {
  private readonly log = new Logger('payments');

  constructor(
    private readonly toss: TossClient,
    private readonly cards: CardsOnFile,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Asks Toss to take the money. A lost answer is asked for once more, in the same words, so that a blip stays a blip. */
  async ask(asked: Asked): Promise<Outcome> {
    const first = await this.send(asked, true);
    if (first.kind !== 'unknown' || first.code === 'ANSWER_TIMEOUT') return first;
    if (first.tossAnswered && first.code !== 'IDEMPOTENT_REQUEST_PROCESSING') return this.lookAfter(asked, first);
    await sleep(BREATH_MS);
    const second = await this.send(asked);
    if (second.kind === 'approved' || (second.kind === 'unknown' && !second.tossAnswered)) return second;
    // A no to the second asking says nothing about the first, which may still be at work: only the payment's own state settles it.
    return this.lookAfter(asked, unknown(second.kind === 'declined' ? second.error.code : second.code));
  }

  /**
   * Finds out what became of an attempt whose answer is missing. Where Toss shows that nobody confirmed, the same question
   * is asked again under the same idempotency key; a no to that is believed once whoever asked first is surely done, and the
   * payment still shows that nothing was taken. (Toss replays its no for 15 days, so asking on under that key would be in vain.)
   */
  async lookInto(asked: Asked): Promise<Outcome> {
    if (asked.cardId !== null) return this.lookIntoCharge(asked);
    const look = await this.look(asked);
    const now = this.clock.now();
    const age = now.getTime() - asked.requestedAt.getTime();
    if (look.kind === 'unknown') return look;
    if (look.kind === 'not_found') {
      if (asked.payment.status === 'WAITING_FOR_DEPOSIT') return unknown('NOT_FOUND_PAYMENT');
      // Toss's reads may lag behind, and the question may still be on its way: absence is proof only when both are over.
      if (age < CONFIRM_WINDOW) return unknown('NOT_FOUND_PAYMENT');
      return {
        kind: 'declined',
        error: { code: 'NOT_FOUND_PAYMENT', message: '존재하지 않는 결제 정보 입니다.' },
        errorClass: 'declined',
      };
    }
    const reading = this.read(asked, look);
    if (reading.kind !== 'open') return reading;
    const stillOpen = unknown(`STILL_${look.payment.status}`);
    if (look.payment.status === 'READY' || age < MAY_BE_ASKED_AGAIN) return stillOpen;
    const again = await this.send(asked);
    const no = saidNo(again);
    if (!no) return again;
    const after = await this.lookAfter(asked, stillOpen);
    return after === stillOpen && !mayStillBeAsking(asked, now, this.settings) ? { kind: 'declined', ...no } : after;
  }

  /**
   * The same for a charge. Its order may have been declined before, so what the order shows is believed only when it is paid.
   * What became of *this* request Toss tells when it is repeated under its idempotency key: an approval is believed at once, a
   * decline once the first request must have finished, because the first may still be under way.
   */
  private async lookIntoCharge(asked: Asked): Promise<Outcome> {
    const { orderId, stoppedAt } = asked.payment;
    const look = await this.toss.lookUpByOrder(orderId, 'billing');
    if (look.kind === 'unknown') return look;
    const paid = tookMoney(look);
    if (paid) return paid;
    const notShown = unknown(look.kind === 'found' ? `STILL_${look.payment.status}` : 'NOT_FOUND_PAYMENT');
    const now = this.clock.now();
    const age = now.getTime() - asked.requestedAt.getTime();
    // The buyer stopped it: it is not requested again. Toss's reads may lag, so that absence is proof only after a while.
    if (stoppedAt !== null)
      return age < CONFIRM_WINDOW || mayStillBeAsking(asked, now, this.settings) ? notShown : STOPPED;
    if (age < MAY_BE_ASKED_AGAIN) return notShown;
    const again = await this.send(asked);
    const no = saidNo(again);
    if (!no) return again;
    if (mayStillBeAsking(asked, now, this.settings)) return notShown;
    const after = await this.toss.lookUpByOrder(orderId, 'billing');
    return after.kind === 'unknown' ? after : (tookMoney(after) ?? { kind: 'declined', ...no });
  }

  /** @param isFirst nothing was requested under this attempt before */
  private async send(asked: Asked, isFirst = false): Promise<Outcome> {
    const { idempotencyKey, payment } = asked;
    const startedAt = performance.now();
    const outcome =
      asked.cardId === null
        ? await this.toss.confirm({
            paymentKey: asked.paymentKey!,
            idempotencyKey,
            orderId: payment.orderId,
            amount: payment.amount,
          })
        : await this.charge(asked, asked.cardId, isFirst);
    const ms = Math.round(performance.now() - startedAt);
    this.log.log({ message: 'asked', orderId: payment.orderId, attempt: asked.number, outcome: outcome.kind, ms });
    return outcome;
  }

  /** Reads the card and whether the buyer has stopped the charge at the last moment before it is requested. */
  private async charge({ idempotencyKey, payment }: Asked, cardId: string, isFirst: boolean): Promise<Outcome> {
    const { orderId, orderName, amount } = payment;
    const card = await this.cards.openFor(orderId, cardId);
    switch (card.kind) {
      case 'stopped':
        return isFirst ? STOPPED : unknown(STOPPED.error.code);
      case 'gone':
        return {
          kind: 'declined',
          error: { code: 'CARD_NOT_ON_FILE', message: '등록된 카드가 없습니다.' },
          errorClass: 'buyer',
        };
      case 'unreadable':
        return {
          kind: 'declined',
          error: { code: CARD_UNREADABLE, message: '등록된 카드를 읽을 수 없습니다.' },
          errorClass: 'configuration',
        };
      case 'open':
        return this.toss.charge({ ...card.card, orderId, orderName, amount, idempotencyKey });
    }
  }

  /** What the payment itself says; `fallback` where it says nothing, except that a no nobody documents is then believed. */
  private async lookAfter(asked: Asked, fallback: Unknown): Promise<Outcome> {
    const look = await this.look(asked);
    if (look.kind !== 'found') return fallback;
    // Of a charge only money tells: an earlier decline of the same order is shown like this one's.
    if (asked.cardId !== null) return tookMoney(look) ?? fallback;
    const reading = this.read(asked, look);
    if (reading.kind !== 'open') return reading;
    return fallback.undocumented ? { kind: 'declined', error: fallback.undocumented, errorClass: 'unknown' } : fallback;
  }

  /** By order; by payment key where Toss shows another payment of the same order that took nothing, or none. */
  private async look({ payment, paymentKey, cardId }: Asked): Promise<Look> {
    const byOrder = await this.toss.lookUpByOrder(payment.orderId, cardId === null ? 'main' : 'billing');
    if (paymentKey === null) return byOrder;
    if (byOrder.kind === 'unknown' && !byOrder.tossAnswered) return byOrder;
    // Paid under another key of this order: news too, and for the settle to sort out.
    if (byOrder.kind === 'found' && (byOrder.payment.paymentKey === paymentKey || pays(payment, byOrder.payment)))
      return byOrder;
    return this.toss.lookUp(paymentKey, 'main');
  }

  /** A payment that turns out to be another order's was never taken by our asking: it is not ours to touch. */
  private read({ payment }: Asked, look: Extract<Look, { kind: 'found' }>): Reading {
    if (look.payment.orderId === payment.orderId) return readingOf(look.payment);
    return {
      kind: 'declined',
      error: { code: 'ALREADY_PROCESSED_PAYMENT', message: '이미 처리된 결제 입니다.' },
      errorClass: 'buyer',
    };
  }
}

function tookMoney(look: Look): Outcome | undefined {
  const reading = look.kind === 'found' ? readingOf(look.payment) : undefined;
  return reading?.kind === 'approved' ? reading : undefined;
}

/** Holds what the order costs. One that was mismatched or given back says nothing of the order's other payment keys. */
function pays({ orderId, amount }: Asked['payment'], toss: TossPayment): boolean {
  return (
    readingOf(toss).kind === 'approved' &&
    toss.orderId === orderId &&
    toss.totalAmount === amount &&
    toss.balanceAmount !== 0 &&
    toss.status !== 'CANCELED'
  );
}

function unknown(code: string): Unknown {
  return { kind: 'unknown', code, tossAnswered: true };
}

/** Toss answered the question with a no of any kind, which it will repeat whenever it is asked under the same key. */
function saidNo(
  outcome: Outcome,
): { error: TossError; errorClass: Extract<Outcome, { kind: 'declined' }>['errorClass'] } | undefined {
  if (outcome.kind === 'declined') return outcome;
  if (outcome.kind !== 'unknown' || !outcome.tossAnswered) return undefined;
  if (
    outcome.code === STOPPED.error.code ||
    outcome.code === 'IDEMPOTENT_REQUEST_PROCESSING' ||
    outcome.code === 'ANSWER_FOR_ANOTHER_PAYMENT' ||
    outcome.code.startsWith('STILL_')
  )
    return undefined;
  return { error: outcome.undocumented ?? { code: outcome.code, message: '' }, errorClass: 'unknown' };
}
