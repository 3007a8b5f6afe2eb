import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Outbox } from '../../outbox/index.ts';
import { InvoiceRepository } from '../../invoices/index.ts';
import { paymentEvent, type PaymentWithInvoice, refundedEvent, ReversalRepository } from '../../payments/index.ts';
import { type Payment, PrismaService, type Refund, type Tx } from '../../platform/database/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import type { ProviderPayment } from '../../providers/index.ts';
import {
  type Match,
  matchRefunds,
  REQUESTED_AT_PROVIDER,
  type RefundFailure,
  RefundRepository,
} from '../../refunds/index.ts';
import { RevokeOrder } from './revoke-order.ts';

/**
 * 3. Record: every refund that the provider shows is recorded once, by its id, with everything that goes with it, in
 * one transaction. The answer to a request, the poller, webhooks, the reconciliation and operators all use it; the same
 * refund again changes nothing.
 */
@Injectable()
export class RecordRefunds {
  private readonly log = new Logger('refunds');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly payments: ReversalRepository,
    private readonly invoices: InvoiceRepository,
    private readonly refunds: RefundRepository,
    private readonly revocation: RevokeOrder,
    private readonly outbox: Outbox,
  ) {}

  /** @returns how many refunds were new */
  async record(shown: ProviderPayment): Promise<number> {
    if (shown.refunds.length === 0) return 0;
    return this.prisma.atomically(async (tx) => {
      const payment = await this.payments.lock(tx, shown.orderId);
      if (!payment || !isRefundOf(payment, shown)) return 0;
      const matches = matchRefunds(shown.refunds, await this.refunds.ofPayment(tx, payment.orderId));
      // An account that is closed already: only our own refund, which closed it, is new.
      const isClosed = payment.status === 'FAILED';
      const recorded = isClosed ? matches.filter(({ refund }) => refund !== null) : matches;
      const now = this.clock.now();
      for (const match of recorded) await this.writeRefund(tx, payment, match, now);
      if (recorded.length > 0 && !isClosed) await this.recordMoneyBack(tx, payment, recorded, now);
      return recorded.length;
    });
  }

  /**
   * The provider declined a refund, and shows that nothing went back: nothing will.
   *
   * @param record what else belongs into the same transaction; not run where the refund has ended otherwise
   */
  async fail(refund: Refund, failure: RefundFailure, record?: (tx: Tx) => Promise<void>): Promise<void> {
    const { id: refundId, orderId } = refund;
    const isFailed = await this.prisma.atomically(async (tx) => {
      const isWritten = await this.refunds.fail(tx, refund, failure);
      if (isWritten) await record?.(tx);
      return isWritten;
    });
    if (isFailed) this.log.warn({ message: 'refund failed', orderId, refundId, code: failure.code });
  }

  private async writeRefund(tx: Tx, { orderId }: Payment, { shown, refund }: Match, now: Date): Promise<void> {
    // The provider tells whole seconds; nothing is done before it was requested.
    const at = Math.max((shown.refundedAt ?? now).getTime(), refund?.requestedAt?.getTime() ?? 0);
    const completion = { transactionKey: shown.providerRef, completedAt: new Date(at) };
    const { amount } = shown;
    const requestedBy = refund?.requestedBy ?? REQUESTED_AT_PROVIDER;
    if (refund) await this.refunds.complete(tx, refund, completion);
    else {
      const made = { id: uuid(), orderId, amount, reason: (shown.reason ?? '').slice(0, 200), requestedBy };
      await this.refunds.insert(tx, { ...made, status: 'REFUNDED', createdAt: now, ...completion });
    }
    this.log.log({ message: 'refunded', orderId, refundId: refund?.id, amount, by: requestedBy });
  }

  /**
   * What goes with the money: the payment's status, the subscription's time, the event's amount, the outgoing event.
   */
  private async recordMoneyBack(
    tx: Tx,
    payment: PaymentWithInvoice,
    matches: readonly Match[],
    now: Date,
  ): Promise<void> {
    if (payment.status === 'WAITING_FOR_DEPOSIT') {
      const closed = await this.payments.recordAccountClosed(tx, payment);
      await this.invoices.follow(tx, payment.invoice, closed.status);
      await this.outbox.write(tx, [paymentEvent('payment.failed', closed, payment.invoice)], now);
      return;
    }
    const amount = matches.reduce((total, { shown }) => total + shown.amount, 0);
    const refunded = await this.payments.recordRefunded(tx, payment, payment.refundedAmount + amount);
    await this.invoices.follow(tx, payment.invoice, refunded.status);
    const isWhole = refunded.status === 'REFUNDED';
    const endsNow = matches.some(({ refund }) => refund?.endSubscription === true);
    const subscription = await this.revocation.revoke(
      tx,
      payment,
      { amount, isWhole, endsNow, isReversal: false },
      now,
    );
    await this.outbox.write(tx, [refundedEvent(refunded, payment.invoice, amount, subscription?.id ?? null)], now);
  }
}

/** A payment whose money is in our records, and of the provider's the very same. What a void gives back never was. */
function isRefundOf({ providerRef, amount, status, failureCode }: Payment, shown: ProviderPayment): boolean {
  if (providerRef !== shown.providerRef || amount !== shown.amount) return false;
  // A deposit that is not recorded yet is recorded first.
  if (status === 'WAITING_FOR_DEPOSIT' || (status === 'FAILED' && failureCode === 'CANCELED'))
    return shown.approvedAt === null && shown.state === 'canceled';
  return status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED';
}
