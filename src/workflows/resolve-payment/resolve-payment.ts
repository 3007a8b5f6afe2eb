import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../../audit/index.ts';
import { mayBeUnderWay, type PaymentDetails, PaymentsService } from '../../payments/index.ts';
import { type Attempt, AttemptRepository } from '../begin-attempt/index.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  type Outcome,
  outcomeOf,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderPayment,
  type Retrieval,
} from '../../providers/index.ts';
import { RESOLVED_NOT_PAID } from '../../subscriptions/index.ts';
import { RecordOutcome } from '../record-outcome/index.ts';

/** What an operator saw in the provider's dashboard. */
export interface Resolution {
  outcome: 'paid' | 'not_paid';
  /** Which provider payment it is. undefined: the one that is known here */
  providerRef?: string | undefined;
  reason: string;
}

/** An operator ends a payment whose outcome stays unknown. */
@Injectable()
export class ResolvePayment {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly payments: PaymentsService,
    private readonly attempts: AttemptRepository,
    private readonly outcomes: RecordOutcome,
    private readonly audit: AuditService,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {}

  /**
   * Records the outcome that the operator names, unless the provider shows another one. Where the provider shows the
   * payment, what it shows is recorded; only where it shows nothing final does the operator's word count.
   *
   * @throws Problem PAYMENT_NOT_FOUND, PAYMENT_NOT_PENDING, PAYMENT_STILL_REQUESTED (a request may be under way),
   * PROVIDER_SHOWS_OTHERWISE, VALIDATION_FAILED (paid, and no payment key is known)
   */
  async resolve(orderId: string, resolution: Resolution, origin: RequestOrigin): Promise<PaymentDetails> {
    const { outcome, reason, providerRef } = resolution;
    const payment = await this.prisma.payment.findUnique({ where: { orderId }, select: { status: true } });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    const attempt = payment.status === 'PENDING' ? await this.attempts.findOpen(orderId) : null;
    if (!attempt) throw new Problem('PAYMENT_NOT_PENDING');
    if (mayBeUnderWay(attempt, this.clock.now(), this.provider.timeouts)) throw new Problem('PAYMENT_STILL_REQUESTED');
    const decided = await this.decide(attempt, resolution);
    const after = { outcome, ...(providerRef !== undefined && { paymentKey: providerRef }) };
    // Before the act: an operator's word about money is on record even where the instance dies over it.
    const entry = { action: 'payment.resolve', orderId, reason, before: { status: 'PENDING' }, after };
    await this.audit.record(this.prisma, origin, entry);
    const { kind } = await this.outcomes.record(attempt, decided, true);
    this.log.warn({ message: 'a payment was resolved by an operator', orderId, outcome, recorded: kind });
    return this.payments.get(orderId);
  }

  private async decide(attempt: Attempt, resolution: Resolution): Promise<Outcome> {
    const providerRef = resolution.providerRef ?? attempt.providerRef;
    const found = await this.retrieve(attempt, providerRef);
    const isOfOrder = found.kind === 'found' && found.payment.orderId === attempt.payment.orderId;
    const shown = isOfOrder ? outcomeOf(found.payment) : null;
    if (resolution.outcome === 'not_paid') {
      if (shown?.kind === 'approved' && holdsMoney(shown.payment)) throw new Problem('PROVIDER_SHOWS_OTHERWISE');
      return NOT_PAID;
    }
    if (shown?.kind === 'approved') return shown;
    const isContradicted = shown?.kind === 'declined' || (found.kind === 'found' && shown === null);
    if (found.kind === 'not_found' || isContradicted) throw new Problem('PROVIDER_SHOWS_OTHERWISE');
    if (providerRef === null) throw keyRequired();
    return { kind: 'approved', payment: asOrdered(attempt, providerRef, this.clock.now()) };
  }

  private retrieve({ payment, merchantAccount: account }: Attempt, providerRef: string | null): Promise<Retrieval> {
    if (providerRef === null) return this.provider.findByOrder(payment.orderId, account);
    return this.provider.retrieve({ providerRef, account });
  }
}

const NOT_PAID: Outcome = {
  kind: 'declined',
  error: { code: RESOLVED_NOT_PAID, message: '결제되지 않은 것으로 확인되었습니다.' },
  reason: 'unknown',
};

/** Money was taken, and not all of it went back. */
function holdsMoney({ state, balance }: ProviderPayment): boolean {
  return state !== 'canceled' && balance !== 0;
}

/** The payment as an operator describes it: all that was ordered was taken. */
function asOrdered({ payment }: Attempt, providerRef: string, now: Date): ProviderPayment {
  const { orderId, amount, currency } = payment;
  const unknown = { method: null, issuerCode: null, easyPayProvider: null, cardNumber: null };
  return {
    ...{ providerRef, orderId, amount, balance: amount, currency, approvedAt: now },
    ...{ state: 'paid', isAuthenticated: true, providerState: 'RESOLVED_PAID', refunds: [], failure: null },
    display: { ...unknown, mobilePhone: null, receiptUrl: null },
    ...{ deposit: null, webhookSecret: null },
  };
}

function keyRequired(): Problem {
  const message = 'required: the provider does not show the payment';
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'paymentKey', message }] });
}
