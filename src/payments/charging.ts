import { Injectable, Logger } from '@nestjs/common';
import { type Outcome, refusesOurKey } from '../providers/toss/index.ts';
import { Asking } from './asking.ts';
import type { Asked } from './payment.row.ts';
import { SettleService } from './settle.service.ts';
import type { Settled } from './settled.ts';

/** What came of a charge. */
export interface Charged {
  settled: Settled;
  /** The provider is silent, or refuses our keys: the next request will fare no better. */
  trouble: boolean;
}

/** Call and settle, for whoever has claimed a charge of a card on file. */
@Injectable()
export class Charging {
  private readonly log = new Logger('payments');

  constructor(
    private readonly asking: Asking,
    private readonly settling: SettleService,
  ) {}

  async charge(asked: Asked): Promise<Charged> {
    const { payment, number } = asked;
    this.log.log({
      message: 'claimed',
      orderId: payment.orderId,
      attempt: number,
      amount: payment.amount,
      userId: payment.userId,
      subscriptionId: payment.subscriptionId ?? undefined,
    });
    const outcome = await this.asking.ask(asked);
    return { settled: await this.settling.settle(asked, outcome), trouble: isTrouble(outcome) };
  }
}

/** Trouble with the provider itself. What it says of one card or one request is no reason to let the others wait. */
function isTrouble(outcome: Outcome): boolean {
  return outcome.kind === 'unknown'
    ? !outcome.tossAnswered
    : outcome.kind === 'declined' && refusesOurKey(outcome.error.code);
}
