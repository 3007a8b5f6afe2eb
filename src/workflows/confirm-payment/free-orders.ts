import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { BalanceRepository, CustomersService } from '../../customers/index.ts';
import { type Draft, DraftRepository } from '../../invoices/index.ts';
import { isPaid, PaymentRepository, PaymentsService } from '../../payments/index.ts';
import { type ConfirmRequest } from '../begin-attempt/index.ts';
import { type Invoice, PrismaService, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import { ChargeDate, grantPurchase, SubscriptionRepository, SubscriptionsService } from '../../subscriptions/index.ts';
import {
  boughtBy,
  ChangesRepository,
  isContention,
  isOutdated,
  type PaidPayment,
  paidChanges,
} from '../record-outcome/index.ts';
import type { Confirmed } from './confirmed.ts';
import { mustAgree } from './follow-payment.ts';

const MAX_READS = 60;

/** What a free order is paid with, as a buyer would call it. */
export const FROM_BALANCE = '잔액';

/** Orders of 0 won, which the balance covers: granted without a provider. */
@Injectable()
export class FreeOrders {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly chargeDate: ChargeDate,
    private readonly customers: CustomersService,
    private readonly drafts: DraftRepository,
    private readonly payments: PaymentRepository,
    private readonly reads: PaymentsService,
    private readonly current: SubscriptionRepository,
    private readonly balance: BalanceRepository,
    private readonly changes: ChangesRepository,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /**
   * Completes an order of 0 won. The same call again answers the same.
   *
   * @throws Problem ORDER_NOT_FOUND, ORDER_EXPIRED, ORDER_OUTDATED, AMOUNT_MISMATCH, VALIDATION_FAILED (it has an
   * amount), PAYMENT_IN_PROGRESS (a card on file is being charged for the buyer's time)
   */
  async complete(request: Omit<ConfirmRequest, 'providerRef'>): Promise<Confirmed> {
    const userId = request.userId ?? undefined;
    const order = await this.drafts.find(request.orderId, userId);
    if (order) {
      mustAgree(order, request);
      if (order.amount !== 0) throw hasAmount();
      if (order.expiresAt <= this.clock.now()) throw new Problem('ORDER_EXPIRED');
      await this.grantOnce(order);
    }
    const payment = await this.reads.find(request.orderId, userId);
    if (!payment || !isPaid(payment.status)) throw new Problem('ORDER_NOT_FOUND');
    mustAgree(payment.invoice, request);
    return { payment, subscription: await this.subscriptions.paidBy(payment.orderId) };
  }

  /** Of any number of requests at once one grants; the others find it granted. */
  private async grantOnce(order: Draft): Promise<void> {
    for (let reads = 1; ; reads++) {
      try {
        return await this.prisma.atomically((tx) => this.grant(tx, order));
      } catch (error) {
        if (!isContention(error)) throw error;
        if (reads === MAX_READS) throw new Problem('SUBSCRIPTION_CHANGED');
        await sleep(Math.random() * 5 * reads);
      }
    }
  }

  private async grant(tx: Tx, order: Draft): Promise<void> {
    const { orderId, userId, balanceUsed } = order;
    const now = this.clock.now();
    const { chargingOrderId } = await this.customers.lock(tx, userId);
    // Another request may have completed it, or the buyer discarded it, before the lock was granted.
    if ((await this.drafts.find(orderId, userId, tx)) === null) return;
    if (chargingOrderId !== null && order.durationMonths !== null) throw new Problem('PAYMENT_IN_PROGRESS');
    const payment = paidFromBalance(order, now);
    const current = await this.current.current(userId, now, tx);
    const isCovered = await this.balance.covers(order, now, tx);
    if (isOutdated({ invoice: order, payment }, current, now) || !isCovered) throw new Problem('ORDER_OUTDATED');
    if (!(await this.payments.beginFree(tx, orderId, FROM_BALANCE, now))) return;
    const grant = grantPurchase(
      this.calendar,
      this.chargeDate,
      current,
      boughtBy({ invoice: order, payment }, 0),
      userId,
      now,
    );
    const facts = { payment, invoice: order, attempt: null, shown: null, grant, isOutdated: false, otherRefs: [] };
    await this.changes.write(paidChanges(facts, now), now, tx);
    this.log.log({ message: 'order paid from the balance', orderId, amount: balanceUsed });
  }
}

/** The payment of an invoice of 0 won. */
export function paidFromBalance({ orderId, userId, currency }: Invoice, now: Date): PaidPayment {
  return {
    ...{ orderId, userId, currency, amount: 0, refundedAmount: 0 },
    ...{ status: 'SUCCESS', method: FROM_BALANCE, approvedAt: now, createdAt: now },
    ...{ paymentMethodId: null, providerRef: null, provider: null, merchantAccount: null, attemptCount: 0 },
    ...{ issuerCode: null, easyPayProvider: null, cardNumber: null, mobilePhone: null, virtualAccount: null },
    ...{ depositSecretHash: null, receiptUrl: null, failureCode: null, failureMessage: null, polledAt: null },
    ...{ nextPollAt: null, stoppedAt: null, refundIfTaken: false, reversalCount: 0, reversedAt: null },
  };
}

function hasAmount(): Problem {
  const message = 'required: the order has an amount';
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'paymentKey', message }] });
}
