import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { refundsConfig } from '../../config-namespaces.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import { type Refundability, refundability } from '../../refunds/index.ts';
import { Revocations } from '../../subscriptions/index.ts';

/** What a refund of all that is left would do. */
export interface RefundQuote extends Refundability {
  orderId: string;
  effect: {
    kind: 'none' | 'voids_period' | 'ends_subscription' | 'takes_gift';
    subscriptionId: string | null;
    endDate: Date | null;
  };
}

const NO_EFFECT: RefundQuote['effect'] = { kind: 'none', subscriptionId: null, endDate: null };

/** Previews refunds. No money moves. */
@Injectable()
export class RefundQuotes {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly revocations: Revocations,
    @Inject(refundsConfig.KEY) private readonly config: ConfigType<typeof refundsConfig>,
  ) {}

  /**
   * What can be refunded, and what a refund of it all would do.
   *
   * @throws Problem PAYMENT_NOT_FOUND
   */
  async quote(orderId: string): Promise<RefundQuote> {
    const now = this.clock.now();
    const payment = await this.prisma.payment.findUnique({
      where: { orderId },
      include: { refunds: true, invoice: true },
    });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    const facts = refundability(payment, payment.refunds, this.config.refundWindowDays, now);
    const { refundableAmount: amount, beforeDeposit } = facts;
    if (amount === 0 || beforeDeposit) return { orderId, ...facts, effect: NO_EFFECT };
    if (payment.invoice.durationMonths === null)
      return { orderId, ...facts, effect: { ...NO_EFFECT, kind: 'takes_gift' } };
    return { orderId, ...facts, effect: await this.effectOn(orderId, amount, now) };
  }

  private async effectOn(orderId: string, amount: number, now: Date): Promise<RefundQuote['effect']> {
    const whole = { orderId, amount, isWhole: true, endsNow: false, isReversal: false };
    const revocation = await this.revocations.preview(whole, now);
    if (!revocation) return NO_EFFECT;
    const { id: subscriptionId, endDate } = revocation.subscription;
    return { kind: revocation.effect === 'ended' ? 'ends_subscription' : 'voids_period', subscriptionId, endDate };
  }
}
