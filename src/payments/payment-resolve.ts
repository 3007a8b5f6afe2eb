import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { PrismaService } from '../platform/database/index.ts';
import { type Look, type Outcome, readingOf, TossClient, type TossPayment } from '../providers/toss/index.ts';
import { Claims } from './claims.ts';
import { RESOLVED_NOT_PAID } from './dunning.ts';
import { mayStillBeAsking } from './look-schedule.ts';
import { type Asked, pairOf, type PaymentWithPlan } from './payment.row.ts';
import { SettleService } from './settle.service.ts';

/** What an operator saw in the provider's dashboard. */
export interface Resolution {
  outcome: 'paid' | 'not_paid';
  /** Which payment of the provider's it is. undefined: the one that is known here */
  paymentKey?: string | undefined;
  reason: string;
}

/** An operator ends a payment whose outcome stays unknown. */
@Injectable()
export class PaymentResolve {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: Claims,
    private readonly toss: TossClient,
    private readonly settling: SettleService,
    private readonly audit: AuditService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Records the outcome that the operator names, unless the provider shows another one. Where the provider shows the payment,
   * what it shows is recorded; only where it shows nothing final does the operator's word count.
   *
   * @throws Problem PAYMENT_NOT_FOUND, PAYMENT_NOT_PENDING, PAYMENT_STILL_REQUESTED (a request may be under way),
   * PROVIDER_SHOWS_OTHERWISE, VALIDATION_FAILED (paid, and no payment key is known)
   */
  async resolve(orderId: string, resolution: Resolution, origin: RequestOrigin): Promise<PaymentWithPlan> {
    const { outcome, reason } = resolution;
    const payment = await this.prisma.payment.findUnique({ where: { orderId }, select: { status: true } });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    const asked = payment.status === 'PENDING' ? await this.claims.pending(orderId) : null;
    if (!asked) throw new Problem('PAYMENT_NOT_PENDING');
    if (mayStillBeAsking(asked, this.clock.now(), this.settings)) throw new Problem('PAYMENT_STILL_REQUESTED');
    const decided = await this.decide(asked, resolution);
    const after = { outcome, ...(resolution.paymentKey !== undefined && { paymentKey: resolution.paymentKey }) };
    // Before the act: an operator's word about money is on record even where the program dies over it.
    await this.audit.record(this.prisma, origin, {
      action: 'payment.resolve',
      orderId,
      reason,
      before: { status: 'PENDING' },
      after,
    });
    const { kind } = await this.settling.settle(asked, decided, true);
    this.log.warn({ message: 'a payment was resolved by an operator', orderId, outcome, recorded: kind });
    return this.prisma.payment.findUniqueOrThrow({ where: { orderId }, include: { plan: true } });
  }

  private async decide(
    asked: Asked,
    { outcome, paymentKey = asked.paymentKey ?? undefined }: Resolution,
  ): Promise<Outcome> {
    const look = await this.lookUp(asked, paymentKey);
    const shown =
      look.kind === 'found' && look.payment.orderId === asked.payment.orderId ? readingOf(look.payment) : null;
    if (outcome === 'not_paid') {
      if (shown?.kind === 'approved' && look.kind === 'found' && holdsMoney(look.payment))
        throw new Problem('PROVIDER_SHOWS_OTHERWISE');
      return {
        kind: 'declined',
        error: { code: RESOLVED_NOT_PAID, message: '결제되지 않은 것으로 확인되었습니다.' },
        errorClass: 'unknown',
      };
    }
    if (shown?.kind === 'approved') return shown;
    if (look.kind === 'not_found' || shown?.kind === 'declined' || (look.kind === 'found' && shown === null))
      throw new Problem('PROVIDER_SHOWS_OTHERWISE');
    if (paymentKey === undefined)
      throw new Problem('VALIDATION_FAILED', {
        errors: [{ path: 'paymentKey', message: 'required: the provider does not show the payment' }],
      });
    return { kind: 'approved', payment: asToldBy(asked, paymentKey, this.clock.now()) };
  }

  private lookUp({ payment }: Asked, paymentKey: string | undefined): Promise<Look> {
    return paymentKey === undefined
      ? this.toss.lookUpByOrder(payment.orderId, pairOf(payment))
      : this.toss.lookUp(paymentKey, pairOf(payment));
  }
}

/** Money was taken, and not all of it went back. */
function holdsMoney({ status, balanceAmount }: TossPayment): boolean {
  return status !== 'CANCELED' && balanceAmount !== 0;
}

/** The payment as an operator describes it: all that was ordered was taken. */
function asToldBy({ payment }: Asked, paymentKey: string, now: Date): TossPayment {
  const { orderId, amount, currency } = payment;
  const unknown = {
    method: null,
    lastTransactionKey: null,
    secret: null,
    card: null,
    easyPay: null,
    transfer: null,
    virtualAccount: null,
    receipt: null,
    failure: null,
  };
  return {
    ...unknown,
    paymentKey,
    orderId,
    status: 'DONE',
    totalAmount: amount,
    balanceAmount: amount,
    currency,
    approvedAt: now,
    cancels: [],
  };
}
