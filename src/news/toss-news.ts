import { Injectable } from '@nestjs/common';
import { PaymentNews, pairOf } from '../payments/index.ts';
import { type Look, paymentFrom, TossClient } from '../providers/toss/index.ts';
import { RecordRefunds } from '../workflows/refund-payment/index.ts';
import { ReverseDeposit } from '../workflows/reverse-deposit/index.ts';

/** What came of looking at Toss. */
export type Heard =
  | { kind: 'settled'; secret: string | null }
  /** No order of ours ever asked for it: it is not ours to touch. */
  | { kind: 'not_ours' }
  | { kind: 'not_found' }
  /** Toss could not be asked. */
  | { kind: 'silence'; code: string };

/** Looks at a payment, and brings what Toss shows of it into the books: what was taken first, then what went back. */
@Injectable()
export class TossNews {
  constructor(
    private readonly toss: TossClient,
    private readonly payments: PaymentNews,
    private readonly deposits: ReverseDeposit,
    private readonly refunds: RecordRefunds,
  ) {}

  lookAt(paymentKey: string): Promise<Heard> {
    return this.hear(this.toss.lookUp(paymentKey));
  }

  /** The same of an order of ours: its credentials are known, and perhaps which of its payments is meant. */
  lookAtOrder(payment: { orderId: string; paymentMethodId: string | null }, paymentKey: string | null): Promise<Heard> {
    const pair = pairOf(payment);
    if (paymentKey === null) return this.hear(this.toss.lookUpByOrder(payment.orderId, pair));
    return this.hear(this.toss.lookUp(paymentKey, pair));
  }

  private async hear(looking: Promise<Look>): Promise<Heard> {
    const look = await looking;
    if (look.kind === 'unknown') return { kind: 'silence', code: look.code };
    if (look.kind === 'not_found') return look;
    const settled = await this.payments.settle(look.payment);
    if (settled === 'not_ours') return { kind: 'not_ours' };
    const shown = paymentFrom(look.payment);
    if (settled === 'reversed') await this.deposits.reverse(shown);
    await this.refunds.record(shown);
    return { kind: 'settled', secret: look.payment.secret };
  }
}
