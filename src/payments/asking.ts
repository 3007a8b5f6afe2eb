import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { type Look, type Outcome, type Reading, readingOf, TossClient, type TossError, type TossPayment } from '../toss/index.ts';
import { CONFIRM_WINDOW, MAY_BE_ASKED_AGAIN, mayStillBeAsking } from './look-schedule.ts';
import type { Asked } from './payment.row.ts';

/** Long enough for a connection to be made anew or a restarting server to be replaced; short for a buyer. */
const BREATH_MS = 300;

type Unknown = Extract<Outcome, { kind: 'unknown' }>;

/** 2. Call: asking Toss, with no transaction open. */
@Injectable()
export class Asking {
  private readonly log = new Logger('payments');

  constructor(
    private readonly toss: TossClient,
    private readonly clock: Clock,
  ) {}

  /** Asks Toss to take the money. A lost answer is asked for once more, in the same words, so that a blip stays a blip. */
  async ask(asked: Asked): Promise<Outcome> {
    const first = await this.confirm(asked);
    if (first.kind !== 'unknown' || first.code === 'ANSWER_TIMEOUT') return first;
    if (first.tossAnswered && first.code !== 'IDEMPOTENT_REQUEST_PROCESSING') return this.lookAfter(asked, first);
    await sleep(BREATH_MS);
    const second = await this.confirm(asked);
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
    const look = await this.look(asked);
    const now = this.clock.now();
    const age = now.getTime() - asked.askedAt.getTime();
    if (look.kind === 'unknown') return look;
    if (look.kind === 'not_found') {
      if (asked.payment.status === 'WAITING_FOR_DEPOSIT') return unknown('NOT_FOUND_PAYMENT');
      // Toss's reads may lag behind, and the question may still be on its way: absence is proof only when both are over.
      if (age < CONFIRM_WINDOW) return unknown('NOT_FOUND_PAYMENT');
      return { kind: 'declined', error: { code: 'NOT_FOUND_PAYMENT', message: '존재하지 않는 결제 정보 입니다.' }, errorClass: 'declined' };
    }
    const reading = this.read(asked, look);
    if (reading.kind !== 'open') return reading;
    const stillOpen = unknown(`STILL_${look.payment.status}`);
    if (look.payment.status === 'READY' || age < MAY_BE_ASKED_AGAIN) return stillOpen;
    const again = await this.confirm(asked);
    const no = saidNo(again);
    if (!no) return again;
    const after = await this.lookAfter(asked, stillOpen);
    return after === stillOpen && !mayStillBeAsking(asked, now) ? { kind: 'declined', ...no } : after;
  }

  private async confirm(asked: Asked): Promise<Outcome> {
    const { paymentKey, idempotencyKey, payment } = asked;
    const startedAt = performance.now();
    const outcome = await this.toss.confirm({ paymentKey, idempotencyKey, orderId: payment.orderId, amount: payment.amount });
    const ms = Math.round(performance.now() - startedAt);
    this.log.log({ message: 'asked', orderId: payment.orderId, attempt: asked.number, outcome: outcome.kind, ms });
    return outcome;
  }

  /** What the payment itself says; `fallback` where it says nothing, except that a no nobody documents is then believed. */
  private async lookAfter(asked: Asked, fallback: Unknown): Promise<Outcome> {
    const look = await this.look(asked);
    if (look.kind !== 'found') return fallback;
    const reading = this.read(asked, look);
    if (reading.kind !== 'open') return reading;
    return fallback.undocumented ? { kind: 'declined', error: fallback.undocumented, errorClass: 'unknown' } : fallback;
  }

  /** By order; by payment key where Toss shows another payment of the same order that took nothing, or none. */
  private async look({ payment, paymentKey }: Asked): Promise<Look> {
    const byOrder = await this.toss.lookUpByOrder(payment.orderId);
    if (byOrder.kind === 'unknown' && !byOrder.tossAnswered) return byOrder;
    // Paid under another key of this order: news too, and for the settle to sort out.
    if (byOrder.kind === 'found' && (byOrder.payment.paymentKey === paymentKey || pays(payment, byOrder.payment))) return byOrder;
    return this.toss.lookUp(paymentKey);
  }

  /** A payment that turns out to be another order's was never taken by our asking: it is not ours to touch. */
  private read({ payment }: Asked, look: Extract<Look, { kind: 'found' }>): Reading {
    if (look.payment.orderId === payment.orderId) return readingOf(look.payment);
    return { kind: 'declined', error: { code: 'ALREADY_PROCESSED_PAYMENT', message: '이미 처리된 결제 입니다.' }, errorClass: 'buyer' };
  }
}

/** Holds what the order costs. One that was mismatched or given back says nothing of the order's other payment keys. */
function pays({ orderId, amount }: Asked['payment'], toss: TossPayment): boolean {
  return readingOf(toss).kind === 'approved' && toss.orderId === orderId && toss.totalAmount === amount && toss.balanceAmount !== 0 && toss.status !== 'CANCELED';
}

function unknown(code: string): Unknown {
  return { kind: 'unknown', code, tossAnswered: true };
}

/** Toss answered the question with a no of any kind, which it will repeat whenever it is asked under the same key. */
function saidNo(outcome: Outcome): { error: TossError; errorClass: Extract<Outcome, { kind: 'declined' }>['errorClass'] } | undefined {
  if (outcome.kind === 'declined') return outcome;
  if (outcome.kind !== 'unknown' || !outcome.tossAnswered) return undefined;
  if (outcome.code === 'IDEMPOTENT_REQUEST_PROCESSING' || outcome.code === 'ANSWER_FOR_ANOTHER_PAYMENT' || outcome.code.startsWith('STILL_')) return undefined;
  return { error: outcome.undocumented ?? { code: outcome.code, message: '' }, errorClass: 'unknown' };
}
