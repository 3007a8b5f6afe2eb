import { Injectable } from '@nestjs/common';
import {
  type Invoice,
  type Payment,
  type Prisma,
  PrismaService,
  statement,
  t,
  type Tx,
} from '../platform/database/index.ts';
import { nextPaymentStatus, type PaymentEvent } from './payment.machine.ts';

const LOCK = statement('payments.lock', {
  params: { orderId: t.text },
  row: { orderId: t.text },
  sql: 'SELECT order_id FROM payment WHERE order_id = :orderId FOR UPDATE',
});

/** A payment with what it paid. */
export type PaymentWithInvoice = Payment & { invoice: Invoice };

/** What a payment becomes when its money goes back. Every change goes through the state machine. */
@Injectable()
export class ReversalRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Locks a payment until the transaction ends, and reads it as it is then. Every write about its refunds holds the
   * lock, so that what is read of them stays true until the commit.
   */
  async lock(tx: Tx, orderId: string): Promise<PaymentWithInvoice | null> {
    await this.prisma.run(LOCK, { orderId }, tx);
    return tx.payment.findUnique({ where: { orderId }, include: { invoice: true } });
  }

  /** @param refundedAmount all that went back of it, in won */
  recordRefunded(tx: Tx, payment: Payment, refundedAmount: number): Promise<Payment> {
    const event = refundedAmount >= payment.amount ? 'refunded' : 'refunded_in_part';
    return this.change(tx, payment, event, { refundedAmount });
  }

  /** The account was closed before the deposit: no money moved, and none can come any more. */
  recordAccountClosed(tx: Tx, payment: Payment): Promise<Payment> {
    const failure = { failureCode: 'CANCELED', failureMessage: '입금 전에 취소되었습니다.' };
    return this.change(tx, payment, 'declined', { ...failure, nextPollAt: null });
  }

  /** The bank reversed the deposit: it is awaited again. */
  recordDepositReversed(tx: Tx, payment: Payment, nextPollAt: Date): Promise<Payment> {
    const reversalCount = payment.reversalCount + 1;
    return this.change(tx, payment, 'deposit_reversed', { approvedAt: null, reversalCount, nextPollAt });
  }

  /** The bank reversed a deposit of which a part was refunded. @returns false when that is known already */
  async markReversed(tx: Tx, { orderId }: Payment, reversedAt: Date): Promise<boolean> {
    const { count } = await tx.payment.updateMany({ where: { orderId, reversedAt: null }, data: { reversedAt } });
    return count > 0;
  }

  private async change(tx: Tx, payment: Payment, event: PaymentEvent, data: Prisma.PaymentUpdateInput) {
    const { orderId } = payment;
    const status = nextPaymentStatus(payment.status, event);
    if (status === null) throw new Error(`no ${event} of a payment that is ${payment.status}: ${orderId}`);
    return tx.payment.update({ where: { orderId, status: payment.status }, data: { ...data, status } });
  }
}
