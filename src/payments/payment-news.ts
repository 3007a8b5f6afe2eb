import { Injectable } from '@nestjs/common';
import { PrismaService } from '../db/index.ts';
import { readingOf, type TossPayment } from '../toss/index.ts';
import { Claims } from './claims.ts';
import { isPaid } from './payment.status.ts';
import { Reversals } from './reversals.ts';
import { SettleService } from './settle.service.ts';

/** Brings what Toss shows of a payment into our books, whoever found it. Coming again, or late, it changes nothing. */
@Injectable()
export class PaymentNews {
  constructor(
    private readonly prisma: PrismaService,
    private readonly claims: Claims,
    private readonly settling: SettleService,
    private readonly reversals: Reversals,
  ) {}

  /** @returns false for a payment that no order of ours ever asked for */
  async settle(toss: TossPayment): Promise<boolean> {
    const asked = await this.claims.attempt(toss.orderId, toss.paymentKey);
    if (!asked) return false;
    // Its money is on its way back, or there: a net cancel is no refund of what was ordered.
    if ((await this.prisma.netCancel.count({ where: { paymentKey: toss.paymentKey } })) > 0) return true;
    const { status, paymentKey } = asked.payment;
    const reading = readingOf(toss);
    if (isPaid(status) && paymentKey === toss.paymentKey) {
      if (toss.status === 'WAITING_FOR_DEPOSIT') await this.reversals.reverse(toss);
      return true;
    }
    // Nobody confirmed it: whoever asks, or the recoverer, will.
    if (reading.kind !== 'open') await this.settling.settle(asked, reading, true);
    return true;
  }
}
