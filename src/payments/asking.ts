import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { type Look, type Outcome, readingOf, TossClient, type TossError } from '../toss/index.ts';
import { ASKER_IS_SURELY_DONE, CONFIRM_WINDOW } from './look-schedule.ts';
import type { Asked } from './payment.row.ts';

/** Long enough for a connection to be made anew or a restarting server to be replaced; short for a buyer. */
const BREATH_MS = 300;

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
    // A no to the second asking says nothing about the first, so the payment itself is asked.
    return this.lookAfter(asked, second);
  }

  /**
   * Finds out what became of an attempt whose answer is missing. Where Toss shows that nobody confirmed, the same question
   * is asked again under the same idempotency key.
   */
  async lookInto(asked: Asked): Promise<Outcome> {
    const look = await this.look(asked);
    const age = this.clock.now().getTime() - asked.askedAt.getTime();
    if (look.kind === 'unknown') return look;
    if (look.kind === 'not_found') {
      // Toss's reads may lag behind, and the question may still be on its way: absence is proof only when both are over.
      if (age < CONFIRM_WINDOW) return { kind: 'unknown', code: 'NOT_FOUND_PAYMENT', tossAnswered: true };
      return { kind: 'declined', error: { code: 'NOT_FOUND_PAYMENT', message: '존재하지 않는 결제 정보 입니다.' }, errorClass: 'declined' };
    }
    const reading = readingOf(look.payment);
    if (reading.kind !== 'open') return reading;
    const stillOpen = { kind: 'unknown', code: `STILL_${look.payment.status}`, tossAnswered: true } as const;
    if (look.payment.status === 'READY' || age < ASKER_IS_SURELY_DONE) return stillOpen;
    const again = await this.confirm(asked);
    return again.kind === 'unknown' && again.undocumented ? believed(again.undocumented) : again;
  }

  private async confirm(asked: Asked): Promise<Outcome> {
    const { paymentKey, idempotencyKey, payment } = asked;
    const startedAt = performance.now();
    const outcome = await this.toss.confirm({ paymentKey, idempotencyKey, orderId: payment.orderId, amount: payment.amount });
    const ms = Math.round(performance.now() - startedAt);
    this.log.log({ message: 'asked', orderId: payment.orderId, attempt: asked.number, outcome: outcome.kind, ms });
    return outcome;
  }

  private async lookAfter(asked: Asked, fallback: Outcome): Promise<Outcome> {
    const look = await this.look(asked);
    if (look.kind !== 'found') return fallback;
    const reading = readingOf(look.payment);
    if (reading.kind !== 'open') return reading;
    return fallback.kind === 'unknown' && fallback.undocumented ? believed(fallback.undocumented) : fallback;
  }

  /** By order; by payment key where Toss shows another payment of the same order, or none. */
  private async look({ payment, paymentKey }: Asked): Promise<Look> {
    const byOrder = await this.toss.lookUpByOrder(payment.orderId);
    if (byOrder.kind === 'unknown' && !byOrder.tossAnswered) return byOrder;
    if (byOrder.kind === 'found' && byOrder.payment.paymentKey === paymentKey) return byOrder;
    return this.toss.lookUp(paymentKey);
  }
}

/** Toss said no in words we do not know, and shows that nothing was taken. Another asking, under another key, may go better. */
function believed(error: TossError): Outcome {
  return { kind: 'declined', error, errorClass: 'unknown' };
}
