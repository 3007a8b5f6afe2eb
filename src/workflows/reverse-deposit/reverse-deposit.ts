import { Injectable, Logger } from '@nestjs/common';
import { Outbox } from '../../outbox/index.ts';
import { InvoiceRepository } from '../../invoices/index.ts';
import {
  accountDueAt,
  nextDepositPollAt,
  paymentEvent,
  type PaymentWithInvoice,
  ReversalRepository,
} from '../../payments/index.ts';
import { type Payment, PrismaService, type Tx } from '../../platform/database/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import type { ProviderPayment } from '../../providers/index.ts';
import { RevokeOrder } from '../refund-payment/index.ts';

/**
 * A bank reverses a deposit minutes after it came: a paid payment waits for its deposit again (Toss docs: webhook
 * events, DEPOSIT_CALLBACK). What it had paid for is revoked; should the deposit come again, it is granted again.
 */
@Injectable()
export class ReverseDeposit {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly payments: ReversalRepository,
    private readonly invoices: InvoiceRepository,
    private readonly revocation: RevokeOrder,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Records that the provider shows no deposit any more. Without an operator only a deposit is reversed that is whole
   * in our records.
   *
   * @returns false when it changes nothing
   */
  reverse(shown: ProviderPayment): Promise<boolean> {
    const now = this.clock.now();
    return this.prisma.atomically(async (tx) => {
      const payment = await this.payments.lock(tx, shown.orderId);
      if (payment?.providerRef !== shown.providerRef) return false;
      if (payment.status === 'PARTIALLY_REFUNDED') return this.leaveToOperators(tx, payment, now);
      if (payment.status !== 'SUCCESS') return false;
      await this.record(tx, payment, nextDepositPollAt(now, now, accountDueAt(shown.deposit)), now);
      return true;
    });
  }

  private async record(tx: Tx, payment: PaymentWithInvoice, nextPollAt: Date, now: Date): Promise<void> {
    const { orderId, providerRef, amount, userId } = payment;
    const reversed = await this.payments.recordDepositReversed(tx, payment, nextPollAt);
    await this.invoices.follow(tx, payment.invoice, reversed.status);
    // By the payment as it was: what it gave counts under the number of reversals before this one.
    const refunded = { amount, isWhole: true, endsNow: false, isReversal: true };
    const subscription = await this.revocation.revoke(tx, payment, refunded, now);
    const subscriptionId = subscription?.id ?? null;
    await this.outbox.write(
      tx,
      [{ ...paymentEvent('payment.reversed', reversed, payment.invoice), subscriptionId }],
      now,
    );
    this.log.error({
      message: 'the bank reversed a deposit: what it had paid for is revoked',
      ...{ orderId, paymentKey: providerRef, amount, userId },
    });
  }

  /**
   * A part of the deposit was refunded before the bank reversed it: that money is lost, and neither granting on nor
   * revoking is surely right. Operators learn of it by the log and by an invariant, until they resolve the difference
   * that the reconciliation then shows. See docs/decisions/reversed-after-a-partial-refund.md.
   */
  private async leaveToOperators(tx: Tx, payment: Payment, now: Date): Promise<boolean> {
    const isNew = await this.payments.markReversed(tx, payment, now);
    const { orderId, providerRef, amount, refundedAmount } = payment;
    const message = 'the bank reversed a deposit that was refunded in part: an operator must decide';
    if (isNew) this.log.error({ message, orderId, paymentKey: providerRef, amount, refundedAmount });
    return isNew;
  }
}
