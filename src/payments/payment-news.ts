import { Injectable } from '@nestjs/common';
import { PrismaService } from '../platform/database/index.ts';
import { readingOf, TossClient, type TossPayment } from '../providers/toss/index.ts';
import { Claims } from './claims.ts';
import { isPaid } from './payment.status.ts';
import { SettleService } from './settle.service.ts';

/** Brings what Toss shows of a payment into our books, whoever found it. Coming again, or late, it changes nothing. */
@Injectable()
export class PaymentNews {
  constructor(
    private readonly prisma: PrismaService,
    private readonly claims: Claims,
    private readonly settling: SettleService,
    private readonly toss: TossClient,
  ) {}

  /** @returns not_ours: no order of ours ever requested it; reversed: the bank reversed its deposit, which is not recorded yet */
  async settle(toss: TossPayment): Promise<'not_ours' | 'recorded' | 'reversed'> {
    const asked = await this.claims.attempt(toss.orderId, toss.paymentKey);
    if (!asked) return 'not_ours';
    // Its money is on its way back, or there: a net cancel is no refund of what was ordered.
    if ((await this.prisma.paymentVoid.count({ where: { paymentKey: toss.paymentKey } })) > 0) return 'recorded';
    const { status, paymentKey, reversalCount } = asked.payment;
    if (isPaid(status) && paymentKey === toss.paymentKey) {
      // A look that began before the deposit came may arrive after it. Only one that begins now tells that the bank took it back.
      return toss.status === 'WAITING_FOR_DEPOSIT' && (await this.stillShows(toss)) ? 'reversed' : 'recorded';
    }
    // The same the other way round: a look that began before the bank took it back.
    if (status === 'WAITING_FOR_DEPOSIT' && reversalCount > 0 && !(await this.stillShows(toss))) return 'recorded';
    const reading = readingOf(toss);
    // Nobody confirmed it: whoever asks, or the recoverer, will.
    // A no to a charge may be an earlier attempt's: what became of this one is told by its idempotency key alone.
    const tells = asked.cardId === null ? reading.kind !== 'open' : reading.kind === 'approved';
    if (tells && reading.kind !== 'open') await this.settling.settle(asked, reading, true);
    return 'recorded';
  }

  private async stillShows({ paymentKey, status }: TossPayment): Promise<boolean> {
    const look = await this.toss.lookUp(paymentKey);
    return look.kind === 'found' && look.payment.status === status;
  }
}
